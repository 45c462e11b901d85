// Small marks that many screens share: state, type, urgency, lights, times.
import dayjs from "dayjs";
import relativeTime from "dayjs/plugin/relativeTime";
import { useTranslation } from "react-i18next";
import type { Limit, Ticket, TicketState, TicketType, Urgency } from "@/api/types";
import { serverNow } from "@/lib/clock";
import { type Told, useClockTexts, wordsOf } from "@/lib/clockTexts";
import { exactTime } from "@/lib/format";
import { useTick } from "@/lib/useTick";
import { type Light, lightOf, mostPressing, parts, timeLeftKey } from "@/lib/timeLeft";

dayjs.extend(relativeTime);

const STATE_COLOURS: Partial<Record<TicketState, string>> = {
  TICKET_STATE_TRANSCRIBE: "purple",
  TICKET_STATE_ACCEPTED: "blue",
  TICKET_STATE_DISPATCHED: "blue",
  TICKET_STATE_SIGNED: "blue",
  TICKET_STATE_RETURN_REQUESTED: "purple",
  TICKET_STATE_REPLIED: "cyan",
  TICKET_STATE_CALLBACK: "cyan",
  TICKET_STATE_ANSWER_LATER: "blue",
  TICKET_STATE_REPORTED_UP: "purple",
  TICKET_STATE_COORDINATION: "purple",
  TICKET_STATE_ARBITRATION: "purple",
  TICKET_STATE_APPROVAL: "cyan",
  TICKET_STATE_HANDED_OVER: "purple",
  TICKET_STATE_CLOSED: "green",
};

export function StateTag({ state }: { state: TicketState | undefined }) {
  const { t } = useTranslation();
  const s = state ?? "TICKET_STATE_UNSPECIFIED";
  return <span className={`tag tag-${STATE_COLOURS[s] ?? "grey"}`}>{t(`enum.state.${s}`)}</span>;
}

export function TypeName({ type }: { type: TicketType | undefined }) {
  const { t } = useTranslation();
  return <>{t(`enum.type.${type ?? "TICKET_TYPE_UNSPECIFIED"}`)}</>;
}

export function UrgencyTag({ urgency }: { urgency: Urgency | undefined }) {
  const { t } = useTranslation();
  if (urgency !== "URGENCY_URGENT" && urgency !== "URGENCY_CRITICAL") return null;
  return <span className={urgency === "URGENCY_CRITICAL" ? "urgency urgency-critical" : "urgency"}>{t(`enum.urgency.${urgency}`)}</span>;
}

export function LightDot({ light }: { light: Light }) {
  const { t } = useTranslation();
  return <span className={`light light-${light}`} role="img" aria-label={t(`light.${light}`)} />;
}

// In the city's words where they are known: a limit in working time has other hours left than the clock on the wall says.
function useTimeLeftText(told: Told): (limit: Limit) => string {
  const { t, i18n } = useTranslation();
  return ({ clockId, dueTime }) => {
    const due = Date.parse(dueTime ?? "");
    const words = wordsOf(told, clockId, due, serverNow(), i18n.language === "en" ? "en" : "zh");
    if (words) return words;
    const p = parts(due, serverNow());
    const key = timeLeftKey(p);
    return t(p.late ? "time.late" : "time.left", { span: t(`time.${key.unit}`, { a: key.a, b: key.b }) });
  };
}

export function LimitLine({ limit, ticketId }: { limit: Limit; ticketId?: string }) {
  useTick();
  const { t } = useTranslation();
  const text = useTimeLeftText(useClockTexts(ticketId, limit.dueTime));
  const light = lightOf(limit, serverNow());
  const step = limit.step ?? "";
  return (
    <span className={`limit limit-${light}`} title={exactTime(limit.dueTime)}>
      <LightDot light={light} />
      {t([`enum.step.${step}`, "enum.step.other"] as never, { step }) as string} {limit.dueTime ? text(limit) : ""}
    </span>
  );
}

// The one clock of a ticket that matters most, for lists.
export function TimeLeft({ ticket }: { ticket: Ticket }) {
  useTick();
  const { t } = useTranslation();
  const { limit, light } = mostPressing(ticket, serverNow());
  const text = useTimeLeftText(useClockTexts(ticket.ticketId, limit?.dueTime));
  if (!limit?.dueTime)
    return (
      <span className="limit">
        <LightDot light={light} />
        {light === "none" ? <span className="quiet">{t("time.none")}</span> : t(`light.${light}`)}
      </span>
    );
  return (
    <span className={`limit limit-${light}`} title={exactTime(limit.dueTime)}>
      <LightDot light={light} />
      {text(limit)}
    </span>
  );
}

export function RelTime({ time }: { time: string | undefined }) {
  useTick();
  const { i18n } = useTranslation();
  if (!time) return null;
  const locale = i18n.language === "en" ? "en" : "zh-cn";
  return (
    <time dateTime={time} title={exactTime(time)}>
      {dayjs(time).locale(locale).from(dayjs(serverNow()))}
    </time>
  );
}
