// The call back desk: the ticket whose limit comes first, beside its script; dial, two questions, done, next (TKT-10).
import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router-dom";
import { getTicket } from "@/api/endpoints";
import { hasRole, session } from "@/api/session";
import type { Ticket, User } from "@/api/types";
import { Loaded, NothingHere, ProblemAlert, Waiting } from "@/components/Problems";
import { LimitLine, StateTag } from "@/components/Status";
import { useUnitName } from "@/lib/catalogue";
import { useStore } from "@/lib/store";
import { useTicketList } from "@/lib/tickets";

const ActionPanel = lazy(() => import("@/pages/ticket/ActionPanel").then((m) => ({ default: m.ActionPanel })));
const Summary = lazy(() => import("@/pages/ticket/Summary").then((m) => ({ default: m.Summary })));

// Leader-instructed tickets are called back by supervisors alone; what was skipped comes last.
export function tasksOf(tickets: Ticket[], user: User | undefined, skipped: string[]): Ticket[] {
  const mine = tickets.filter((one) => !one.leaderInstructed || hasRole(user, "ROLE_SUPERVISOR"));
  const later = (one: Ticket) => skipped.indexOf(one.ticketId ?? "");
  return [...mine.filter((one) => later(one) < 0), ...mine.filter((one) => later(one) >= 0).sort((a, b) => later(a) - later(b))];
}

function Task({ id, onDone }: { id: string; onDone: () => void }) {
  const { t } = useTranslation();
  const unitName = useUnitName();
  const query = useQuery({ queryKey: ["ticket", id], queryFn: () => getTicket(id) });
  return (
    <Loaded query={query} rows={8}>
      {(ticket) => (
        <div className="callback-columns">
          <section className="column" aria-label={t("callbacks.ticket")}>
            <h2>
              <Link to={`/tickets/${id}`}>{ticket.title}</Link>
            </h2>
            <div className="marks">
              <StateTag state={ticket.state} />
              <span className="mono">{ticket.number}</span>
              {(ticket.limits ?? []).map((limit) => (
                <LimitLine key={limit.clockId ?? limit.step} limit={limit} ticketId={ticket.ticketId} />
              ))}
            </div>
            <Suspense fallback={<Waiting rows={6} />}>
              <Summary ticket={ticket} />
            </Suspense>
          </section>
          <section className="column" aria-label={t("callbacks.script")}>
            <h2>{t("callbacks.script")}</h2>
            <p className="script">{t("callbacks.lines", { title: ticket.title ?? "", unit: unitName(ticket.unitId) || t("callbacks.unit") })}</p>
            <p className="quiet">{t("callbacks.keys")}</p>
            <Suspense fallback={<Waiting rows={6} />}>
              <ActionPanel ticket={ticket} only={["recordCallback"]} onDone={onDone} />
            </Suspense>
          </section>
        </div>
      )}
    </Loaded>
  );
}

export default function CallbacksPage() {
  const { t } = useTranslation();
  const user = useStore(session)?.user;
  const [skipped, setSkipped] = useState<string[]>([]);
  const { query, tickets } = useTicketList({ states: ["TICKET_STATE_CALLBACK"], orderBy: "due_time" });
  const tasks = tasksOf(tickets ?? [], user, skipped);
  const [held, setHeld] = useState("");
  // A task stays until it is done or skipped, also when another one becomes more pressing meanwhile.
  const now = tasks.find((one) => one.ticketId === held) ?? tasks[0];
  const id = now?.ticketId ?? "";
  if (id && id !== held) setHeld(id);
  const put = () => {
    setSkipped((list) => [...list.filter((one) => one !== id), id]);
    setHeld("");
  };
  return (
    <div className="page full">
      <h1>{t("nav.callbacks")}</h1>
      <div className="filters">
        <span role="status">{tickets && t(query.hasNextPage ? "callbacks.leftMore" : "callbacks.left", { count: tasks.length })}</span>
        <Button onClick={put} disabled={tasks.length < 2}>
          {t("callbacks.skip")}
        </Button>
        {!hasRole(user, "ROLE_SUPERVISOR") && <span className="quiet">{t("callbacks.leaderOnly")}</span>}
      </div>
      {query.isError && <ProblemAlert error={query.error} onRetry={() => void query.refetch()} />}
      {query.isLoading && <Waiting rows={8} />}
      {tickets && !id && <NothingHere text={t("callbacks.empty")} />}
      {id && <Task key={id} id={id} onDone={put} />}
    </div>
  );
}
