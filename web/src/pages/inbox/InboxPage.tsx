// The unit's inbox: what burns first. Sign for many at once; open one to reply or to give it back.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App, Button, Segmented } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router-dom";
import { signTicket } from "@/api/endpoints";
import { session } from "@/api/session";
import type { Ticket, TicketState } from "@/api/types";
import { useKeys } from "@/app/shortcuts";
import { Kbd } from "@/components/Field";
import { useProblemText } from "@/components/Problems";
import { TicketTable } from "@/components/TicketTable";
import { uuid } from "@/lib/format";
import { useStore } from "@/lib/store";
import { useTicketList } from "@/lib/tickets";

type Tab = "todo" | "toSign" | "handling" | "replied";
const STATES: Record<Tab, TicketState[]> = {
  todo: ["TICKET_STATE_DISPATCHED", "TICKET_STATE_SIGNED"],
  toSign: ["TICKET_STATE_DISPATCHED"],
  handling: ["TICKET_STATE_SIGNED"],
  replied: ["TICKET_STATE_RETURN_REQUESTED", "TICKET_STATE_REPLIED", "TICKET_STATE_CALLBACK"],
};
const AT_ONCE = 4; // requests under way

const signable = (ticket: Ticket) => ticket.state === "TICKET_STATE_DISPATCHED";

// Runs the work over all items, a few at a time, and says which failed.
async function eachOf<T>(items: T[], work: (item: T) => Promise<unknown>): Promise<{ item: T; error: unknown }[]> {
  const failed: { item: T; error: unknown }[] = [];
  const rest = [...items];
  const worker = async () => {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) {
      try {
        await work(item);
      } catch (error) {
        failed.push({ item, error });
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return failed;
}

export default function InboxPage() {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const problemText = useProblemText();
  const user = useStore(session)?.user;
  const [tab, setTab] = useState<Tab>("todo");
  const [selected, setSelected] = useState<string[]>([]);
  const list = useTicketList({ states: STATES[tab], orderBy: "due_time", ...(user?.unitId ? { unitId: user.unitId } : {}) });
  const sign = useMutation({
    mutationFn: (ids: string[]) => eachOf(ids, (id) => signTicket(id, { requestId: uuid() })),
    onSuccess: (failed, ids) => {
      setSelected(failed.map((f) => f.item));
      if (failed.length < ids.length) message.success(t("inbox.signed", { count: ids.length - failed.length }));
      if (failed[0]) message.error(t("inbox.notSigned", { count: failed.length, why: problemText(failed[0].error) }));
      void queries.invalidateQueries({ queryKey: ["tickets"] });
      void queries.invalidateQueries({ queryKey: ["ticket"] });
    },
  });
  const go = () => {
    if (selected.length > 0 && !sign.isPending) sign.mutate(selected);
  };
  useKeys({ "Ctrl+Enter": go });
  return (
    <div className="page full">
      <h1>{t("nav.inbox")}</h1>
      <div className="filters">
        <Segmented<Tab>
          value={tab}
          onChange={(next) => {
            setTab(next);
            setSelected([]);
          }}
          options={(Object.keys(STATES) as Tab[]).map((value) => ({ value, label: t(`inbox.tab.${value}`) }))}
          aria-label={t("tickets.filters")}
        />
        <Button type="primary" disabled={selected.length === 0} loading={sign.isPending} onClick={go}>
          {t("inbox.sign", { count: selected.length })} <Kbd keys="Ctrl+Enter" />
        </Button>
      </div>
      <TicketTable
        label={t("nav.inbox")}
        list={list}
        selection={{ ids: selected, onChange: setSelected, may: signable }}
        empty={t("inbox.empty")}
        actions={(ticket) =>
          signable(ticket) ? (
            <Button size="small" onClick={() => sign.mutate([ticket.ticketId ?? ""])} aria-label={`${t("action.sign")}: ${ticket.title}`}>
              {t("action.sign")}
            </Button>
          ) : ticket.state === "TICKET_STATE_SIGNED" ? (
            <Button
              size="small"
              onClick={() => navigate(`/tickets/${ticket.ticketId}`)}
              aria-label={`${t("action.reply")}: ${ticket.title}`}
            >
              {t("action.reply")}
            </Button>
          ) : null
        }
      />
    </div>
  );
}
