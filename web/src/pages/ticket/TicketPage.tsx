// One ticket: what it is, how long is left, where it stands, what happened, and what this user may do next.
import { useQuery } from "@tanstack/react-query";
import { App, Button } from "antd";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router-dom";
import { getTicket, listHistory, listNotices, revealCaller } from "@/api/endpoints";
import { hasRole, session } from "@/api/session";
import type { Caller, HistoryEntry, Ticket } from "@/api/types";
import { Loaded, useProblemText } from "@/components/Problems";
import { Recordings } from "@/components/RecordingPlayer";
import { LimitLine, RelTime, StateTag, TypeName, UrgencyTag } from "@/components/Status";
import { useAreas, useCategoryName, useUnitName } from "@/lib/catalogue";
import { exactTime } from "@/lib/format";
import { useStore } from "@/lib/store";
import { ActionPanel } from "./ActionPanel";
import { progress, STEPS } from "./actions";

function ProcessLine({ ticket }: { ticket: Ticket }) {
  const { t } = useTranslation();
  const done = progress(ticket.state);
  const refused = ticket.state === "TICKET_STATE_REFUSED";
  return (
    <ol className="process" aria-label={t("ticket.process")}>
      {STEPS.map((step, i) => (
        <li key={step} className={i < done ? "done" : i === done && !refused ? "now" : ""} aria-current={i === done && !refused ? "step" : undefined}>
          {t(`process.${step}`)}
        </li>
      ))}
    </ol>
  );
}

function CallerLine({ ticket }: { ticket: Ticket }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const problemText = useProblemText();
  const user = useStore(session)?.user;
  const [revealed, setRevealed] = useState<Caller | null>(null);
  const caller = revealed ?? ticket.caller;
  const may = hasRole(user, "ROLE_AGENT", "ROLE_DISPATCHER", "ROLE_SUPERVISOR", "ROLE_OFFICER");
  const reveal = () =>
    revealCaller(ticket.ticketId ?? "", t("ticket.revealReason")).then(setRevealed, (error: unknown) => message.error(problemText(error)));
  return (
    <>
      {caller?.anonymous ? t("ticket.anonymous") : caller?.name || t("ticket.noName")} {caller?.phone}
      {caller?.confidential && <span className="urgency">{t("ticket.confidential")}</span>}
      {caller?.masked && may && (
        <Button size="small" type="link" onClick={() => void reveal()}>
          {t("ticket.reveal")}
        </Button>
      )}
    </>
  );
}

function Row({ label, children }: { label: string; children: ReactNode }) {
  if (children === undefined || children === null || children === "") return null;
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Summary({ ticket }: { ticket: Ticket }) {
  const { t } = useTranslation();
  const unitName = useUnitName();
  const categoryName = useCategoryName();
  const { nameOf } = useAreas();
  return (
    <section aria-label={t("ticket.summary")}>
      <p className="content">{ticket.content}</p>
      <dl className="facts">
        <Row label={t("ticket.who")}>
          <CallerLine ticket={ticket} />
        </Row>
        <Row label={t("ticket.category")}>{categoryName(ticket.categoryId)}</Row>
        <Row label={t("ticket.where")}>{[nameOf(ticket.areaCode), ticket.place].filter(Boolean).join(" ")}</Row>
        <Row label={t("ticket.party")}>{ticket.partyComplainedOf}</Row>
        <Row label={t("ticket.unit")}>{[ticket.unitId, ...(ticket.coUnitIds ?? [])].filter(Boolean).map(unitName).join(t("common.comma"))}</Row>
        <Row label={t("ticket.channel")}>{`${t(`enum.channel.${ticket.channel ?? "CHANNEL_UNSPECIFIED"}`)} ${ticket.line ?? ""}`}</Row>
        <Row label={t("ticket.acceptanceNumber")}>{ticket.acceptanceNumber}</Row>
        <Row label={t("ticket.created")}>{exactTime(ticket.createTime)}</Row>
        <Row label={t("ticket.closed")}>{exactTime(ticket.closeTime)}</Row>
        <Row label={t("ticket.tags")}>{(ticket.tags ?? []).join(t("common.comma"))}</Row>
        <Row label={t("ticket.rework")}>{ticket.reworkCount ? String(ticket.reworkCount) : ""}</Row>
        <Row label={t("ticket.outcome")}>
          {ticket.satisfaction
            ? `${t(ticket.solved ? "callback.yes" : "callback.no")} · ${t(`enum.satisfaction.${ticket.satisfaction}` as never) as string}`
            : ""}
        </Row>
        <Row label={t("ticket.linked")}>
          {ticket.links?.length
            ? ticket.links.map((link) => (
                <Link key={link.ticketId} to={`/tickets/${link.ticketId}`}>
                  {link.ticketId?.slice(0, 8)}{" "}
                </Link>
              ))
            : ""}
        </Row>
      </dl>
      {ticket.answer && (
        <div className="answer-box">
          <h3>{t("ticket.answer")}</h3>
          <p>{ticket.answer}</p>
        </div>
      )}
    </section>
  );
}

// What the keys of the rating stand for (IVR-10).
const SCORES = ["very_satisfied", "satisfied", "neutral", "dissatisfied", "very_dissatisfied"];

function Entry({ entry }: { entry: HistoryEntry }) {
  const { t, i18n } = useTranslation();
  const unitName = useUnitName();
  const action = entry.action ?? "";
  const known = i18n.exists(`history.${action}`);
  const { step, score } = entry.changes ?? {};
  const about = [
    step && (t([`enum.step.${step}`, "enum.step.other"] as never) as string),
    score && (t(`enum.satisfaction.${SCORES[Number(score) - 1] ?? "neutral"}` as never) as string),
  ].filter(Boolean).join(t("common.comma"));
  const actor = entry.actorId?.startsWith("service:") ? t("history.system") : entry.actorName || t("history.someone");
  return (
    <li>
      <time dateTime={entry.time}>{exactTime(entry.time)}</time>
      <div>
        <b>{[known ? (t(`history.${action}` as never) as string) : t("history.other"), about].filter(Boolean).join(t("common.colon"))}</b> {actor}
        {entry.actorUnitId && <span className="quiet"> {unitName(entry.actorUnitId)}</span>} <StateTag state={entry.state} />
        {entry.note && <p className="note">{entry.note}</p>}
        {entry.changes?.internal_note && (
          <p className="note quiet">
            {t("action.internalNote")} {entry.changes.internal_note}
          </p>
        )}
        {entry.changes?.suggested_unit_id && (
          <p className="note quiet">
            {t("action.suggestedUnit")} {unitName(entry.changes.suggested_unit_id)}
          </p>
        )}
      </div>
    </li>
  );
}

function History({ id }: { id: string }) {
  const { t } = useTranslation();
  const query = useQuery({ queryKey: ["ticket", id, "history"], queryFn: () => listHistory(id) });
  return (
    <section aria-label={t("ticket.history")}>
      <h2>{t("ticket.history")}</h2>
      <Loaded query={query} isEmpty={(h) => h.length === 0}>
        {(entries) => (
          <ol className="timeline">
            {[...entries].reverse().map((entry) => (
              <Entry key={String(entry.sequence)} entry={entry} />
            ))}
          </ol>
        )}
      </Loaded>
    </section>
  );
}

function NoticesOwed({ id }: { id: string }) {
  const { t, i18n } = useTranslation();
  const unitName = useUnitName();
  const addressee = (to: string) => {
    if (to === "citizen" || to === "centre") return t(`notice.${to}`);
    return to.startsWith("unit_lead:") ? t("notice.unitLead", { unit: unitName(to.slice(10)) }) : unitName(to);
  };
  const query = useQuery({ queryKey: ["ticket", id, "notices"], queryFn: () => listNotices(id) });
  return (
    <section aria-label={t("ticket.notices")}>
      <h2>{t("ticket.notices")}</h2>
      <Loaded query={query} rows={2} empty={t("ticket.noNotices")} isEmpty={(n) => !n.notices?.length}>
        {(answer) => (
          <ul className="notice-list">
            {(answer.notices ?? []).map((n) => (
              <li key={n.noticeId}>
                <b>{i18n.exists(`notice.${n.kind}`) ? (t(`notice.${n.kind}` as never) as string) : t("notice.other")}</b>{" "}
                {addressee(n.addressee ?? "")} · {t("notice.pending")} ·{" "}
                <RelTime time={n.createTime} />
                <p className="note">{n.text}</p>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </section>
  );
}

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
            <LimitLine key={limit.clockId ?? limit.step} limit={limit} />
          ))}
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
