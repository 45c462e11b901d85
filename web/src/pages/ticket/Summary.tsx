// What a ticket is: who, what, where, with whom it stands and what became of it.
import { App, Button } from "antd";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { revealCaller } from "@/api/endpoints";
import { hasRole, session } from "@/api/session";
import type { Caller, Ticket } from "@/api/types";
import { MapRead } from "@/components/MapPlace";
import { useProblemText } from "@/components/Problems";
import { useAreas, useCategoryName, useNamed, useUnitName } from "@/lib/catalogue";
import { placeOf } from "@/lib/coordinates";
import { exactTime } from "@/lib/format";
import { useProcess } from "@/lib/process";
import { useStore } from "@/lib/store";
import { MEASURES, SATISFACTIONS } from "./forms";

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
      {caller?.confidential && <span className="urgency">{t("ticket.confidential")}</span>}{" "}
      {caller?.masked && may && (
        <Button size="small" type="link" onClick={() => void reveal()}>
          {t("ticket.reveal")}
        </Button>
      )}
    </>
  );
}

function Row({ label, children }: { label: string; children: ReactNode }) {
  if (children === undefined || children === null || children === "" || children === false) return null;
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

// A translation of a code, or nothing where there is no code.
function useCode(): (prefix: string, code: string | undefined) => string {
  const { t, i18n } = useTranslation();
  return (prefix, code) => {
    if (!code || code.endsWith("_UNSPECIFIED")) return "";
    return i18n.exists(`${prefix}.${code}`) ? (t(`${prefix}.${code}` as never) as string) : code;
  };
}

// What is out of the ordinary about a ticket, as tags.
export function Marks({ ticket }: { ticket: Ticket }) {
  const { t } = useTranslation();
  const code = useCode();
  const measure = MEASURES[(ticket.supervisionLevel ?? 0) - 1];
  const marks: [string, string][] = [];
  if (measure) marks.push(["tag-red", t("mark.level", { level: ticket.supervisionLevel, measure: code("choice.measure", measure) })]);
  else if (ticket.supervised) marks.push(["tag-red", t("mark.supervised")]);
  if (ticket.leaderInstructed) marks.push(["tag-purple", t("mark.leader")]);
  if (ticket.extensionDueTime) marks.push(["tag-yellow", t("mark.extension", { time: exactTime(ticket.extensionDueTime).slice(0, 16) })]);
  if (ticket.opinionRisk) marks.push(["tag-red", t("mark.risk")]);
  if (code("enum.repeat", ticket.repeatMark)) marks.push(["tag-yellow", `${t("mark.repeat")}${t("common.colon")}${code("enum.repeat", ticket.repeatMark)}`]);
  if (ticket.returnCount) marks.push(["", t("mark.returned", { count: ticket.returnCount })]);
  if (ticket.returnBarred) marks.push(["", t("mark.barred")]);
  if (ticket.reopenCount) marks.push(["", t("mark.reopened", { count: ticket.reopenCount })]);
  if (ticket.published) marks.push(["tag-green", t("mark.published")]);
  return (
    <>
      {marks.map(([style, text]) => (
        <span key={text} className={`tag ${style}`}>
          {text}
        </span>
      ))}
    </>
  );
}

// Values of the form's own fields, by their names.
function OwnValues({ ticket }: { ticket: Ticket }) {
  const { t } = useTranslation();
  const named = useNamed();
  const process = useProcess(ticket.type ?? "TICKET_TYPE_UNSPECIFIED");
  const own = new Map((process?.fields ?? []).map((field) => [field.fieldId ?? "", field]));
  const text = (id: string, value: string) => (own.get(id)?.kind === "FORM_FIELD_KIND_YES_NO" ? t(value === "true" ? "choice.yesNo.yes" : "choice.yesNo.no") : value);
  return (
    <>
      {Object.entries(ticket.extra ?? {}).map(([id, value]) => (
        <Row key={id} label={named(own.get(id), id)}>
          {text(id, value)}
        </Row>
      ))}
    </>
  );
}

function Outcome({ ticket }: { ticket: Ticket }) {
  const { t } = useTranslation();
  const code = useCode();
  const unitName = useUnitName();
  const rating = SATISFACTIONS[(ticket.rating ?? 0) - 1];
  const ratingState = code("enum.rating", ticket.ratingState);
  const handover = [code("choice.body", ticket.handoverBody), code("choice.handover", ticket.handoverStatus), ticket.handoverReference].filter(Boolean).join(" · ");
  return (
    <>
      <Row label={t("mark.handover")}>{handover}</Row>
      <Row label={t("mark.extensions")}>{ticket.extensionCount ? String(ticket.extensionCount) : ""}</Row>
      <Row label={t("ticket.rework")}>{ticket.reworkCount ? String(ticket.reworkCount) : ""}</Row>
      <Row label={t("mark.outcome")}>{code("choice.outcome", ticket.outcome)}</Row>
      <Row label={t("ticket.outcome")}>
        {ticket.satisfaction ? `${t(ticket.solved ? "callback.yes" : "callback.no")} · ${code("enum.satisfaction", ticket.satisfaction)}` : ""}
      </Row>
      <Row label={t("change.field.rating")}>{rating ? [code("enum.satisfaction", rating), ratingState].filter(Boolean).join(" · ") : ""}</Row>
      <Row label={t("mark.refuse")}>{code("refusal", ticket.refuseReason)}</Row>
      <Row label={t("mark.closeReason")}>{code("closeReason", ticket.closeReason)}</Row>
      {(ticket.opinions ?? []).map((o) => (
        <Row key={o.unitId} label={`${t("change.field.opinions")} · ${unitName(o.unitId)}`}>
          {o.text}
        </Row>
      ))}
      <OwnValues ticket={ticket} />
    </>
  );
}

export function Summary({ ticket }: { ticket: Ticket }) {
  const { t } = useTranslation();
  const code = useCode();
  const unitName = useUnitName();
  const categoryName = useCategoryName();
  const { nameOf } = useAreas();
  const point = placeOf(ticket);
  return (
    <section aria-label={t("ticket.summary")}>
      <p className="content">{ticket.content}</p>
      <dl className="facts">
        <Row label={t("ticket.who")}>
          <CallerLine ticket={ticket} />
        </Row>
        <Row label={t("ticket.category")}>{categoryName(ticket.categoryId)}</Row>
        <Row label={t("ticket.nature")}>{code("choice.nature", ticket.nature)}</Row>
        <Row label={t("ticket.where")}>{[nameOf(ticket.areaCode), ticket.place].filter(Boolean).join(" ")}</Row>
        {point && (
          <div className="map-row">
            <dt>{t("map.title")}</dt>
            <dd>
              <MapRead key={ticket.ticketId} point={point} />
            </dd>
          </div>
        )}
        <Row label={t("ticket.occurTime")}>{exactTime(ticket.occurTime)}</Row>
        <Row label={t("ticket.party")}>{ticket.partyComplainedOf}</Row>
        <Row label={t("ticket.parties")}>{ticket.partiesConcerned}</Row>
        <Row label={t("ticket.unit")}>{unitName(ticket.unitId)}</Row>
        <Row label={t("mark.coUnits")}>{(ticket.coUnitIds ?? []).map(unitName).join(t("common.comma"))}</Row>
        <Row label={t("mark.responsible")}>{ticket.responsibleUnitId !== ticket.unitId ? unitName(ticket.responsibleUnitId) : ""}</Row>
        <Row label={t("mark.handling")}>{code("enum.handling", ticket.handling?.replace("HANDLING_", "").replace("UNSPECIFIED", ""))}</Row>
        <Row label={t("ticket.channel")}>{`${t(`enum.channel.${ticket.channel ?? "CHANNEL_UNSPECIFIED"}`)} ${ticket.line ?? ""}`}</Row>
        <Row label={t("ticket.acceptanceNumber")}>{ticket.acceptanceNumber}</Row>
        <Row label={t("ticket.created")}>{exactTime(ticket.createTime)}</Row>
        <Row label={t("ticket.closed")}>{exactTime(ticket.closeTime)}</Row>
        <Row label={t("ticket.tags")}>{(ticket.tags ?? []).join(t("common.comma"))}</Row>
        <Outcome ticket={ticket} />
      </dl>
      {ticket.answer && (
        <div className="answer-box">
          <h3>{t("ticket.answer")}</h3>
          <p>{ticket.answer}</p>
        </div>
      )}
      {ticket.published && ticket.published !== ticket.answer && (
        <div className="answer-box">
          <h3>{t("mark.publicText")}</h3>
          <p>{ticket.published}</p>
        </div>
      )}
    </section>
  );
}
