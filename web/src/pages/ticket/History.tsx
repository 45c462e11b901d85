// What happened to a ticket: who, when, what, why and what changed; and the notices that are owed.
import { useMutation, useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { listHistory, listNotices } from "@/api/endpoints";
import { hasRole, session } from "@/api/session";
import type { HistoryEntry } from "@/api/types";
import { verifyHistory } from "@/api/work";
import { Loaded, ProblemAlert } from "@/components/Problems";
import { RelTime, StateTag } from "@/components/Status";
import { useAreas, useCategoryName, useUnitName } from "@/lib/catalogue";
import { exactTime, num } from "@/lib/format";
import { useStore } from "@/lib/store";
import { changedFields, standings } from "./changes";
import { SATISFACTIONS } from "./forms";

function Changes({ entry, before }: { entry: HistoryEntry; before: Record<string, string> }) {
  const { t, i18n } = useTranslation();
  const unit = useUnitName();
  const category = useCategoryName();
  const { nameOf } = useAreas();
  const text = (key: string, fallback: string) => (i18n.exists(key) ? (t(key as never) as string) : fallback);
  const fields = changedFields(entry, { text, unit, category, area: nameOf }, before);
  if (fields.length === 0) return null;
  return (
    <ul className="changes">
      {fields.map((f) => (
        <li key={f.name}>
          <span className="quiet">
            {f.name}
            {t("common.colon")}
          </span>
          {f.was && (
            <>
              <s>{f.was}</s> →{" "}
            </>
          )}
          {f.value}
        </li>
      ))}
    </ul>
  );
}

function Entry({ entry, before, moved }: { entry: HistoryEntry; before: Record<string, string>; moved: boolean }) {
  const { t, i18n } = useTranslation();
  const unitName = useUnitName();
  const action = entry.action ?? "";
  const known = i18n.exists(`history.${action}`);
  const { step, score, accepted } = entry.changes ?? {};
  const about = [
    step && (t([`enum.step.${step}`, "enum.step.other"] as never) as string),
    score && (t(`enum.satisfaction.${SATISFACTIONS[Number(score) - 1] ?? "neutral"}` as never) as string),
    accepted && t(accepted === "true" ? "history.yes" : "history.no"),
  ].filter(Boolean).join(t("common.comma"));
  const actor = entry.actorId?.startsWith("service:") ? t("history.system") : entry.actorName || t("history.someone");
  return (
    <li>
      <time dateTime={entry.time}>{exactTime(entry.time)}</time>
      <div>
        <b>{[known ? (t(`history.${action}` as never) as string) : t("history.other"), about].filter(Boolean).join(t("common.colon"))}</b> {actor}
        {entry.actorUnitId && <span className="quiet"> {unitName(entry.actorUnitId)}</span>} {moved && <StateTag state={entry.state} />}
        {entry.note && <p className="note">{entry.note}</p>}
        <Changes entry={entry} before={before} />
      </div>
    </li>
  );
}

// Whether nothing of the history was changed or taken away since (TKT-16).
function Intact({ id }: { id: string }) {
  const { t } = useTranslation();
  const user = useStore(session)?.user;
  const check = useMutation({ mutationFn: () => verifyHistory(id) });
  if (!hasRole(user, "ROLE_ADMIN", "ROLE_SUPERVISOR", "ROLE_INSPECTOR")) return null;
  const faults = check.data?.faults ?? [];
  return (
    <div className="filters">
      <Button size="small" loading={check.isPending} onClick={() => check.mutate()}>
        {t("work.verify")}
      </Button>
      <span role="status">
        {check.data?.intact && <span className="tag tag-green">{t("work.intact", { count: num(check.data.entries) })}</span>}
        {faults.map((one) => (
          <span key={`${one.firstSequence}${one.kind}`} className="tag tag-red">
            {t("work.broken", { from: num(one.firstSequence), to: num(one.lastSequence) })}
          </span>
        ))}
      </span>
      {check.isError && <ProblemAlert error={check.error} />}
    </div>
  );
}

export function History({ id }: { id: string }) {
  const { t } = useTranslation();
  const query = useQuery({ queryKey: ["ticket", id, "history"], queryFn: () => listHistory(id) });
  return (
    <section aria-label={t("ticket.history")}>
      <h2>{t("ticket.history")}</h2>
      <Intact id={id} />
      <Loaded query={query} isEmpty={(h) => h.length === 0}>
        {(entries) => {
          const before = standings(entries);
          return (
            <ol className="timeline">
              {entries
                .map((entry, i) => <Entry key={String(entry.sequence)} entry={entry} before={before[i] ?? {}} moved={entry.state !== entries[i - 1]?.state} />)
                .reverse()}
            </ol>
          );
        }}
      </Loaded>
    </section>
  );
}

export function NoticesOwed({ id }: { id: string }) {
  const { t, i18n } = useTranslation();
  const unitName = useUnitName();
  const addressee = (to: string) => {
    if (to === "citizen" || to === "centre") return t(`notice.${to}`);
    if (to === "supervision") return t("notice.toSupervision");
    if (to === "leader") return t("notice.toLeader");
    const [kind, id = ""] = to.includes(":") ? to.split(":") : ["", to];
    if (kind === "body") return t("notice.body", { body: i18n.exists(`choice.body.${id}`) ? (t(`choice.body.${id}` as never) as string) : id });
    const key = kind === "unit_lead" ? "notice.unitLead" : kind === "unit_head" ? "notice.unitHead" : kind === "county" ? "notice.county" : "";
    return key ? t(key, { unit: unitName(id) }) : unitName(to);
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
