// A ticket beside a list, loaded when the first one is opened.
import { useQuery } from "@tanstack/react-query";
import { Drawer } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router-dom";
import { getTicket } from "@/api/endpoints";
import { Loaded } from "@/components/Problems";
import { LimitLine, StateTag } from "@/components/Status";
import { ActionPanel } from "@/pages/ticket/ActionPanel";
import { Marks, Summary } from "@/pages/ticket/Summary";

// One ticket beside the list, with all that may be done with it.
export function Beside({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation();
  const query = useQuery({ queryKey: ["ticket", id], queryFn: () => getTicket(id) });
  const title = query.data?.title ?? t("portal.dialog");
  return (
    <Drawer open width={620} onClose={onClose} title={title} aria-label={t("portal.dialog")} extra={<Link to={`/tickets/${id}`}>{t("saved.openTicket")}</Link>}>
      <Loaded query={query} rows={8}>
        {(ticket) => (
          <>
            <div className="marks">
              <StateTag state={ticket.state} />
              {(ticket.limits ?? []).map((limit) => (
                <LimitLine key={limit.clockId ?? limit.step} limit={limit} ticketId={ticket.ticketId} />
              ))}
              <Marks ticket={ticket} />
            </div>
            <ActionPanel ticket={ticket} onDone={onClose} />
            <Summary ticket={ticket} />
          </>
        )}
      </Loaded>
    </Drawer>
  );
}
