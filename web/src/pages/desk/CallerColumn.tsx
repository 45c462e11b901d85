// Who is on the phone: earlier tickets, open ones first, and the script for what it is about (TKT-17, TKT-22).
import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router-dom";
import { getCallerHistory } from "@/api/endpoints";
import { listScripts } from "@/api/work";
import type { Ticket } from "@/api/types";
import { Loaded, NothingHere } from "@/components/Problems";
import { RelTime, StateTag, TimeLeft, TypeName } from "@/components/Status";
import { Part } from "@/components/TicketFields";
import { useCategories, useLines, useNamed } from "@/lib/catalogue";
import type { Slot } from "@/lib/ticketForm";
import { cleanPhone, validPhone } from "@/lib/validate";

const SCRIPTS_FRESH_MS = 5 * 60_000;
const OPEN_ENDED = ["TICKET_STATE_CLOSED", "TICKET_STATE_ARCHIVED", "TICKET_STATE_REFUSED"];
export const isOpen = (ticket: Ticket): boolean => !OPEN_ENDED.includes(ticket.state ?? "");

function HistoryItem({ ticket }: { ticket: Ticket }) {
  return (
    <li>
      <Link to={`/tickets/${ticket.ticketId}`} target="_blank" rel="noopener">
        {ticket.title}
      </Link>
      <div className="quiet">
        <TypeName type={ticket.type} /> · <RelTime time={ticket.createTime} />
      </div>
      <div>
        <StateTag state={ticket.state} />
        {isOpen(ticket) && <TimeLeft ticket={ticket} />}
      </div>
    </li>
  );
}

function History({ phone }: { phone: string }) {
  const { t } = useTranslation();
  const query = useQuery({ queryKey: ["caller", phone], queryFn: () => getCallerHistory(phone) });
  return (
    <Loaded query={query} empty={t("caller.firstTime")} isEmpty={(h) => !h.tickets?.length}>
      {(history) => (
        <>
          <p className="counts">{t("caller.counts", { open: history.openCount ?? 0, total: history.totalCount ?? 0 })}</p>
          <ul className="history">
            {(history.tickets ?? []).map((ticket) => (
              <HistoryItem key={ticket.ticketId} ticket={ticket} />
            ))}
          </ul>
        </>
      )}
    </Loaded>
  );
}

export function CallerColumn({ slot, parked, onTake }: { slot: Slot; parked: Slot[]; onTake: (slot: Slot) => void }) {
  const { t } = useTranslation();
  const named = useNamed();
  const { data: categories } = useCategories();
  const { data: lines } = useLines();
  const phone = cleanPhone(slot.form.callerPhone);
  const script = categories?.find((c) => c.categoryId === slot.form.categoryId)?.script;
  const { type, categoryId } = slot.form;
  const guides = useQuery({ queryKey: ["scripts", type, categoryId], queryFn: () => listScripts(type, categoryId), staleTime: SCRIPTS_FRESH_MS });
  const steps = guides.data?.scripts?.[0]?.steps ?? [];
  const line = lines?.find((l) => l.line === slot.line);
  return (
    <aside className="column" aria-label={t("desk.caller")}>
      <Part n={1} label={t("desk.caller")}>
        <h2>{t("desk.caller")}</h2>
        <p className="caller-number">{phone || t("desk.noCaller")}</p>
        {slot.line && (
          <p className="quiet">
            {t("desk.dialled")} {slot.line} {named(line)}
          </p>
        )}
        {validPhone(phone) ? <History phone={phone} /> : <NothingHere text={t("caller.waiting")} />}
      </Part>
      {parked.length > 0 && (
        <section aria-label={t("desk.parked")}>
          <h2>{t("desk.parked")}</h2>
          {parked.map((p) => (
            <Button key={p.requestId} block size="small" onClick={() => onTake(p)} className="parked">
              {p.form.title || p.form.content.slice(0, 20) || p.form.callerPhone}
            </Button>
          ))}
        </section>
      )}
      <section aria-label={t("desk.script")}>
        <h2>{t("desk.script")}</h2>
        {steps.length > 0 ? (
          <ol className="script">
            {steps.map((step) => (
              <li key={`${step.kind}${step.text}`}>
                <b>{t(`work.script.${step.kind ?? "say"}` as never) as string}</b> {step.text}
              </li>
            ))}
          </ol>
        ) : (
          <p className="script">{script || t("desk.scriptDefault")}</p>
        )}
      </section>
    </aside>
  );
}
