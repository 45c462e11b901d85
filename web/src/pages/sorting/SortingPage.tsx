// The dispatcher's desk: the list, one ticket beside it, and where it should go. Arrows move, a digit sends it to a
// suggested unit, and for ten seconds that can be taken back.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Segmented } from "antd";
import { lazy, Suspense, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router-dom";
import { dispatchTicket, getTicket, suggestUnits, ticketCommand } from "@/api/endpoints";
import { hasRole, session } from "@/api/session";
import type { Duplicate, Ticket, TicketState, UnitSuggestion } from "@/api/types";
import { findDuplicates } from "@/api/work";
import { usePlainKeys } from "@/app/shortcuts";
import { Kbd } from "@/components/Field";
import { Loaded, NothingHere, ProblemAlert, useProblemText, Waiting } from "@/components/Problems";
import { sourceOf, useReason } from "@/components/Reason";
import { LimitLine, RelTime, StateTag, TimeLeft, TypeName, UrgencyTag } from "@/components/Status";
import { useLanguage, useUnitName } from "@/lib/catalogue";
import { useStore } from "@/lib/store";
import { useTicketList } from "@/lib/tickets";
import { useTick } from "@/lib/useTick";
import { type Pending, Undoable } from "./pending";

const ActionPanel = lazy(() => import("@/pages/ticket/ActionPanel").then((m) => ({ default: m.ActionPanel })));
const Summary = lazy(() => import("@/pages/ticket/Summary").then((m) => ({ default: m.Summary })));

export const SORTED: TicketState[] = [
  "TICKET_STATE_ACCEPTED", "TICKET_STATE_ANSWER_LATER", "TICKET_STATE_RETURN_REQUESTED", "TICKET_STATE_COORDINATION", "TICKET_STATE_ARBITRATION", "TICKET_STATE_REPORTED_UP", "TICKET_STATE_TRANSCRIBE",
];
const TO_DISPATCH: TicketState[] = ["TICKET_STATE_ACCEPTED", "TICKET_STATE_ANSWER_LATER", "TICKET_STATE_COORDINATION"];
const SAME_SHOWN = 5;

// Sends what waits when the page is left or its time is over.
function useUndoable() {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const unitName = useUnitName();
  const problemText = useProblemText();
  const latest = useRef<(what: Pending) => void>(() => undefined);
  latest.current = (what) => {
    void dispatchTicket(what.ticketId, { unitId: what.unitId, source: what.source })
      .then(
        () => message.success(t("sorting.sent", { unit: unitName(what.unitId) })),
        (error: unknown) => message.error(t("sorting.failed", { why: problemText(error) })),
      )
      .then(() => {
        void queries.invalidateQueries({ queryKey: ["tickets"] });
        void queries.invalidateQueries({ queryKey: ["ticket", what.ticketId] });
      });
  };
  const undoable = useMemo(() => new Undoable((what) => latest.current(what)), []);
  useEffect(() => {
    const leave = () => undoable.flush();
    window.addEventListener("pagehide", leave);
    return () => {
      window.removeEventListener("pagehide", leave);
      undoable.flush();
    };
  }, [undoable]);
  return undoable;
}

function Waits({ undoable }: { undoable: Undoable }) {
  useTick();
  const { t } = useTranslation();
  const unitName = useUnitName();
  const what = useStore(undoable.now);
  if (!what) return null;
  const seconds = Math.max(0, Math.ceil((what.sendAtMs - Date.now()) / 1000));
  return (
    <div className="undo-bar" role="status">
      <span>
        {what.title} · {t("sorting.undoIn", { seconds, unit: unitName(what.unitId) })}
      </span>
      <span className="grow" />
      <Button size="small" onClick={() => undoable.undo()}>
        {t("sorting.undo")} <Kbd keys="U" />
      </Button>
      <Button size="small" type="primary" onClick={() => undoable.flush()}>
        {t("sorting.sendNow")}
      </Button>
    </div>
  );
}

function Item({ ticket, chosen, onChoose }: { ticket: Ticket; chosen: boolean; onChoose: () => void }) {
  const ref = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (chosen) ref.current?.scrollIntoView({ block: "nearest" });
  }, [chosen]);
  return (
    <li>
      <button ref={ref} type="button" aria-pressed={chosen} onClick={onChoose}>
        <span>
          <UrgencyTag urgency={ticket.urgency} />
          {ticket.title}
        </span>
        <span className="quiet">
          <StateTag state={ticket.state} /> <TypeName type={ticket.type} /> · <RelTime time={ticket.createTime} />
        </span>
        <TimeLeft ticket={ticket} />
      </button>
    </li>
  );
}

function Suggestions({ ticket, onTake }: { ticket: Ticket; onTake: (one: UnitSuggestion) => void }) {
  const { t } = useTranslation();
  const unitName = useUnitName();
  const reason = useReason();
  const query = useQuery({ queryKey: ["ticket", ticket.ticketId, "units"], queryFn: () => suggestUnits(ticket.ticketId ?? "") });
  const units = query.data?.suggestions ?? [];
  usePlainKeys(Object.fromEntries(units.slice(0, 3).map((one, i) => [String(i + 1), () => onTake(one)])));
  return (
    <section aria-label={t("sorting.suggestions")}>
      <h2>{t("sorting.suggestions")}</h2>
      <Loaded query={query} rows={2} empty={t("saved.noSuggestion")} isEmpty={(s) => !s.suggestions?.length}>
        {() =>
          units.slice(0, 3).map((one, i) => (
            <div key={one.unitId} className="suggestion">
              <Button type={i === 0 ? "primary" : "default"} onClick={() => onTake(one)}>
                {unitName(one.unitId)} <Kbd keys={String(i + 1)} />
              </Button>
              <span className="quiet">{reason(one.rule, one.reason)}</span>
            </div>
          ))
        }
      </Loaded>
    </section>
  );
}

// Tickets that may be the same matter, each with its reason: merged into or linked by one click (TKT-11).
function Same({ ticket }: { ticket: Ticket }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const problemText = useProblemText();
  const language = useLanguage();
  const query = useQuery({
    queryKey: ["duplicates", ticket.ticketId],
    queryFn: ({ signal }) => findDuplicates({ ticketId: ticket.ticketId ?? "" }, signal),
  });
  const found = (query.data?.duplicates ?? []).slice(0, SAME_SHOWN);
  const bind = async (other: Duplicate, how: "merge" | "link") => {
    const etag = ticket.etag ?? "";
    try {
      if (how === "merge") await ticketCommand(ticket.ticketId ?? "", "merge", { etag, groupTicketId: other.ticketId ?? "", note: t("sorting.mergeNote") });
      else await ticketCommand(ticket.ticketId ?? "", "link", { etag, otherTicketId: other.ticketId ?? "", kind: "duplicate" });
      message.success(t(how === "merge" ? "sorting.merged" : "sorting.linked"));
    } catch (error) {
      message.error(problemText(error));
    }
    void queries.invalidateQueries({ queryKey: ["ticket", ticket.ticketId] });
    void queries.invalidateQueries({ queryKey: ["tickets"] });
  };
  const mergeable = (other: Duplicate) => ticket.state === "TICKET_STATE_ACCEPTED" && ["TICKET_STATE_ACCEPTED", "TICKET_STATE_DISPATCHED", "TICKET_STATE_SIGNED"].includes(other.state ?? "");
  return (
    <section aria-label={t("sorting.duplicates")}>
      <h2>{t("sorting.duplicates")}</h2>
      {query.data && found.length === 0 && <p className="quiet">{t("sorting.noDuplicates")}</p>}
      {found.map((other) => (
        <div key={other.ticketId} className="suggestion">
          <Link to={`/tickets/${other.ticketId}`} target="_blank" rel="noopener">
            {other.title}
          </Link>
          <StateTag state={other.state} />
          <span className="quiet">{language === "zh-CN" && other.reason ? other.reason : (t(`work.duplicate.${other.kind ?? "same_matter"}` as never) as string)}</span>
          <span className="grow" />
          {mergeable(other) && (
            <Button size="small" onClick={() => void bind(other, "merge")} aria-label={`${t("sorting.merge")} ${other.number}`}>
              {t("sorting.merge")}
            </Button>
          )}
          <Button size="small" onClick={() => void bind(other, "link")} aria-label={`${t("sorting.link")} ${other.number}`}>
            {t("sorting.link")}
          </Button>
        </div>
      ))}
    </section>
  );
}

function Detail({ id, onTake }: { id: string; onTake: (ticket: Ticket, one: UnitSuggestion) => void }) {
  const { t } = useTranslation();
  const query = useQuery({ queryKey: ["ticket", id], queryFn: () => getTicket(id) });
  return (
    <Loaded query={query} rows={8}>
      {(ticket) => (
        <>
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
            <div className="sorting-detail">
              <div>
                <Summary ticket={ticket} />
                <Same ticket={ticket} />
              </div>
              <div>
                {TO_DISPATCH.includes(ticket.state ?? "TICKET_STATE_UNSPECIFIED") && <Suggestions ticket={ticket} onTake={(one) => onTake(ticket, one)} />}
                <h2>{t("sorting.other")}</h2>
                <ActionPanel ticket={ticket} />
              </div>
            </div>
          </Suspense>
        </>
      )}
    </Loaded>
  );
}

export default function SortingPage() {
  const { t } = useTranslation();
  const user = useStore(session)?.user;
  const [state, setState] = useState<TicketState | "">("");
  const [chosen, setChosen] = useState("");
  const undoable = useUndoable();
  const waiting = useStore(undoable.now);
  const list = useTicketList({ states: state ? [state] : SORTED, orderBy: "due_time" });
  const tickets = (list.tickets ?? []).filter((one) => one.ticketId !== waiting?.ticketId);
  const at = Math.max(0, tickets.findIndex((one) => one.ticketId === chosen));
  const now = tickets[at];
  const move = (by: number) => setChosen(tickets[Math.min(tickets.length - 1, Math.max(0, at + by))]?.ticketId ?? "");
  usePlainKeys({ ArrowDown: () => move(1), ArrowUp: () => move(-1), U: () => undoable.undo(), Enter: () => undoable.flush() });
  const take = (ticket: Ticket, one: UnitSuggestion) => {
    setChosen(tickets[at + 1]?.ticketId ?? tickets[at - 1]?.ticketId ?? "");
    undoable.put({ ticketId: ticket.ticketId ?? "", title: ticket.title ?? "", unitId: one.unitId ?? "", source: sourceOf(one) });
  };
  const chips = SORTED.filter((one) => one !== "TICKET_STATE_ARBITRATION" || hasRole(user, "ROLE_SUPERVISOR", "ROLE_DISPATCHER"));
  return (
    <div className="page full">
      <h1>{t("nav.sorting")}</h1>
      <div className="filters">
        <Segmented<TicketState | "">
          value={state}
          onChange={(next) => {
            setState(next);
            setChosen("");
          }}
          options={[{ value: "", label: t("sorting.all") }, ...chips.map((value) => ({ value, label: t(`enum.state.${value}`) }))]}
          aria-label={t("tickets.filters")}
        />
        <span className="quiet">{t("sorting.hint")}</span>
      </div>
      <Waits undoable={undoable} />
      {list.query.isError && <ProblemAlert error={list.query.error} onRetry={() => void list.query.refetch()} />}
      <div className="sorting">
        <section className="column" aria-label={t("sorting.list")}>
          <p className="quiet" role="status">
            {tickets.length > 0 && t(list.query.hasNextPage ? "sorting.positionMore" : "sorting.position", { at: at + 1, of: tickets.length })}
          </p>
          {list.query.isLoading && <Waiting rows={8} />}
          {list.tickets && tickets.length === 0 && <NothingHere text={t("sorting.empty")} />}
          <ul className="pick-list">
            {tickets.map((ticket) => (
              <Item key={ticket.ticketId} ticket={ticket} chosen={ticket === now} onChoose={() => setChosen(ticket.ticketId ?? "")} />
            ))}
          </ul>
          {list.query.hasNextPage && (
            <Button block onClick={() => void list.query.fetchNextPage()} loading={list.query.isFetchingNextPage}>
              {t("supervision.loadMore")}
            </Button>
          )}
        </section>
        <section className="column" aria-label={t("sorting.detail")}>
          {now && <Detail key={now.ticketId} id={now.ticketId ?? ""} onTake={take} />}
        </section>
      </div>
    </div>
  );
}
