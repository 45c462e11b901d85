// One ticket: what it is, how long is left, where it stands, what happened, and what this user may do next.
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router-dom";
import { getTicket } from "@/api/endpoints";
import { hasRole, session } from "@/api/session";
import type { Ticket } from "@/api/types";
import { Loaded, Waiting } from "@/components/Problems";
import { Recordings } from "@/components/RecordingPlayer";
import { LimitLine, StateTag, TypeName, UrgencyTag } from "@/components/Status";
import { useStore } from "@/lib/store";
import { ActionPanel } from "./ActionPanel";
import { History, NoticesOwed } from "./History";
import { ProcessLine } from "./ProcessLine";
import { Marks, Summary } from "./Summary";

// What belongs to a ticket comes after what it is.
const Belongings = lazy(() => import("./Belongings").then((m) => ({ default: m.Belongings })));

function Whole({ ticket }: { ticket: Ticket }) {
  const { t } = useTranslation();
  const user = useStore(session)?.user;
  const hears = hasRole(user, "ROLE_AGENT", "ROLE_TEAM_LEAD", "ROLE_SUPERVISOR", "ROLE_DISPATCHER", "ROLE_ENTRY_CLERK", "ROLE_INSPECTOR");
  const id = ticket.ticketId ?? "";
  return (
    <>
      <header className="ticket-head">
        <h1>
          <UrgencyTag urgency={ticket.urgency} />
          {ticket.title}
        </h1>
        <div className="marks">
          <StateTag state={ticket.state} />
          <span>
            <TypeName type={ticket.type} />
          </span>
          <span className="mono">{ticket.number}</span>
          {(ticket.limits ?? []).map((limit) => (
            <LimitLine key={limit.clockId ?? limit.step} limit={limit} ticketId={ticket.ticketId} />
          ))}
        </div>
        <div className="marks">
          <Marks ticket={ticket} />
        </div>
        <ProcessLine ticket={ticket} />
      </header>
      <div className="ticket-columns">
        <div className="column">
          <Summary ticket={ticket} />
          {hears && (
            <section aria-label={t("ticket.recordings")}>
              <h2>{t("ticket.recordings")}</h2>
              <Recordings callId={ticket.callId} recordingId={ticket.recordingId} />
            </section>
          )}
          <Suspense fallback={<Waiting rows={3} />}>
            <Belongings ticket={ticket} />
          </Suspense>
          <History id={id} />
        </div>
        <aside className="column" aria-label={t("common.actions")}>
          <h2>{t("common.actions")}</h2>
          <ActionPanel ticket={ticket} />
          <NoticesOwed id={id} />
        </aside>
      </div>
    </>
  );
}

export default function TicketPage() {
  const { ticketId = "" } = useParams();
  const query = useQuery({ queryKey: ["ticket", ticketId], queryFn: () => getTicket(ticketId), refetchInterval: 30_000 });
  return (
    <div className="page" key={ticketId}>
      <Loaded query={query} rows={8}>
        {(ticket) => <Whole ticket={ticket} />}
      </Loaded>
    </div>
  );
}
