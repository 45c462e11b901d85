// The rule about unreasonable repeats (TKT-11), bans that follow from a review, and who looked at callers' data (PLT-5).
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Checkbox, Input, Modal, Segmented } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router-dom";
import { type Ban, type CallerAuditEntry, getRepeatRule, liftBan, listBans, listCallerAudit, putBan, putRepeatRule, type RepeatRule } from "@/api/configuration";
import { DataTable } from "@/components/DataTable";
import { Field } from "@/components/Field";
import { Loaded, ProblemAlert, Waiting } from "@/components/Problems";
import { useUnitName, useUserName } from "@/lib/catalogue";
import { useDebounced } from "@/lib/debounce";
import { endOfDay, exactTime, startOfDay } from "@/lib/format";
import { compact, useTicketNumbers } from "@/lib/tickets";
import { cleanPhone, validPhone } from "@/lib/validate";
import { useMay } from "./access";
import { useFaults } from "./faults";
import { focusFirst, NOTE_MAX, NumberInput, SaveButton } from "./Parts";

const PAGE = 100;

function RuleForm({ start, onKept }: { start: RepeatRule; onKept: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const mayEdit = useMay("editRepeatRule");
  const [rule, setRule] = useState(start);
  const set = (part: Partial<RepeatRule>) => setRule((now) => ({ ...now, ...part }));
  const work = useMutation({
    mutationFn: () => putRepeatRule(rule),
    onSuccess: () => {
      message.success(t("config.kept"));
      onKept();
    },
  });
  const faults = useFaults(work.error, "rule");
  const fields = ["enabled", "count", "days", "sameCategory", "onlyHandled"] as const;
  const dirty = fields.some((f) => (rule[f] ?? 0) !== (start[f] ?? 0) && !!rule[f] !== !!start[f]) || rule.count !== start.count || rule.days !== start.days;
  return (
    <section className="column narrow" aria-label={t("config.callers.rule")}>
      <h2>{t("config.callers.rule")}</h2>
      <p className="quiet">{t("config.callers.ruleHint")}</p>
      {work.isError && <ProblemAlert error={work.error} />}
      <Checkbox disabled={!mayEdit} checked={rule.enabled ?? false} onChange={(e) => set({ enabled: e.target.checked })}>
        {t("config.callers.enabled")}
      </Checkbox>
      <div className="row">
        <Field label={t("config.callers.count")} className="third" error={faults.at("count")}>
          {(c) => <NumberInput id={c.id} status={c.status} min={2} max={100} disabled={!mayEdit} value={rule.count} onChange={(count) => set({ count })} />}
        </Field>
        <Field label={t("config.callers.days")} className="third" error={faults.at("days")}>
          {(c) => <NumberInput id={c.id} status={c.status} min={1} max={730} disabled={!mayEdit} value={rule.days} onChange={(days) => set({ days })} />}
        </Field>
      </div>
      <div className="check-grid">
        <Checkbox disabled={!mayEdit} checked={rule.sameCategory ?? false} onChange={(e) => set({ sameCategory: e.target.checked })}>
          {t("config.callers.sameCategory")}
        </Checkbox>
        <Checkbox disabled={!mayEdit} checked={rule.onlyHandled ?? false} onChange={(e) => set({ onlyHandled: e.target.checked })}>
          {t("config.callers.onlyHandled")}
        </Checkbox>
      </div>
      <p className="rule-sentence">
        {rule.enabled
          ? t("config.callers.sentence", { count: rule.count ?? 0, days: rule.days ?? 0, category: t(rule.sameCategory ? "config.callers.inCategory" : "config.callers.anyCategory"), handled: t(rule.onlyHandled ? "config.callers.handled" : "config.callers.anyState") })
          : t("config.callers.off")}
      </p>
      {mayEdit && (
        <div className="form-actions">
          <SaveButton busy={work.isPending} disabled={!dirty} onSave={() => work.mutate()}>
            {t("common.save")}
          </SaveButton>
        </div>
      )}
    </section>
  );
}

function RulePart() {
  const queries = useQueryClient();
  const query = useQuery({ queryKey: ["repeatRule"], queryFn: getRepeatRule, staleTime: 0, refetchOnWindowFocus: false });
  return <Loaded query={query}>{(rule) => <RuleForm key={rule.etag} start={rule} onKept={() => void queries.invalidateQueries({ queryKey: ["repeatRule"] })} />}</Loaded>;
}

function NewBan({ onClose }: { onClose: (kept: boolean) => void }) {
  const { t } = useTranslation();
  const [ticket, setTicket] = useState("");
  const [until, setUntil] = useState("");
  const [reason, setReason] = useState("");
  const work = useMutation({ mutationFn: () => putBan(ticket.trim(), endOfDay(until), reason.trim()), onSuccess: () => onClose(true) });
  const faults = useFaults(work.error, "");
  return (
    <Modal open afterOpenChange={focusFirst} title={t("config.callers.newBan")} onCancel={() => onClose(false)} onOk={() => work.mutate()} okText={t("config.callers.ban")} okButtonProps={{ danger: true, loading: work.isPending, disabled: !ticket.trim() || !until || !reason.trim() }} maskClosable={false}>
      {work.isError && <ProblemAlert error={work.error} />}
      <p className="quiet">{t("config.callers.banHint")}</p>
      <Field label={t("config.templates.ticket")} required error={faults.at("ticketId")}>
        {(c) => <Input id={c.id} status={c.status ?? ""} value={ticket} placeholder={t("config.templates.ticketHint")} onChange={(e) => setTicket(e.target.value)} />}
      </Field>
      <Field label={t("config.callers.until")} required error={faults.at("untilTime")}>
        {(c) => <Input id={c.id} type="date" status={c.status ?? ""} value={until} onChange={(e) => setUntil(e.target.value)} />}
      </Field>
      <Field label={t("config.callers.reason")} required error={faults.at("reason")}>
        {(c) => <Input.TextArea id={c.id} status={c.status ?? ""} value={reason} maxLength={NOTE_MAX} autoSize={{ minRows: 2, maxRows: 6 }} onChange={(e) => setReason(e.target.value)} />}
      </Field>
    </Modal>
  );
}

function LiftDialog({ ban, onClose }: { ban: Ban; onClose: (done: boolean) => void }) {
  const { t } = useTranslation();
  const [reason, setReason] = useState("");
  const work = useMutation({ mutationFn: () => liftBan(ban.banId ?? "", reason.trim()), onSuccess: () => onClose(true) });
  const faults = useFaults(work.error, "");
  return (
    <Modal open afterOpenChange={focusFirst} title={t("config.callers.liftTitle")} onCancel={() => onClose(false)} onOk={() => work.mutate()} okText={t("config.callers.lift")} okButtonProps={{ loading: work.isPending, disabled: !reason.trim() }} maskClosable={false}>
      {work.isError && <ProblemAlert error={work.error} />}
      <p className="quiet">{t("config.callers.lifting", { until: exactTime(ban.untilTime), reason: ban.reason })}</p>
      <Field label={t("config.callers.liftReason")} required error={faults.at("reason")}>
        {(c) => <Input.TextArea id={c.id} status={c.status ?? ""} value={reason} maxLength={NOTE_MAX} autoSize={{ minRows: 2, maxRows: 6 }} onChange={(e) => setReason(e.target.value)} />}
      </Field>
    </Modal>
  );
}

function BansPart() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const userName = useUserName();
  const mayBan = useMay("ban");
  const [activeOnly, setActiveOnly] = useState(true);
  const [typed, setTyped] = useState("");
  const [making, setMaking] = useState(false);
  const [lifting, setLifting] = useState<Ban | null>(null);
  const phone = useDebounced(cleanPhone(typed), 300);
  const wrong = !!phone && !validPhone(phone);
  const query = useInfiniteQuery({
    queryKey: ["callerBans", activeOnly, phone],
    queryFn: ({ pageParam }) => listBans(compact({ activeOnly, phone, pageSize: PAGE, pageToken: pageParam })),
    initialPageParam: "",
    getNextPageParam: (last) => last.nextPageToken || undefined,
    enabled: !wrong,
    placeholderData: (before) => before,
  });
  const bans = query.data?.pages.flatMap((p) => p.bans ?? []) ?? [];
  const number = useTicketNumbers(bans.map((b) => b.ticketId ?? ""));
  const done = () => void queries.invalidateQueries({ queryKey: ["callerBans"] });
  return (
    <section className="main-part" aria-label={t("config.callers.bans")}>
      <div className="filters">
        <Checkbox checked={activeOnly} onChange={(e) => setActiveOnly(e.target.checked)}>
          {t("config.callers.activeOnly")}
        </Checkbox>
        <Input allowClear value={typed} status={wrong ? "error" : ""} onChange={(e) => setTyped(e.target.value)} placeholder={t("ticket.callerPhone")} aria-label={t("ticket.callerPhone")} style={{ width: 180 }} />
        {wrong && <span className="field-error">{t("fault.badPhone")}</span>}
        <span className="grow" />
        {mayBan && (
          <Button type="primary" onClick={() => setMaking(true)}>
            {t("config.callers.newBan")}
          </Button>
        )}
      </div>
      {query.isError && <ProblemAlert error={query.error} onRetry={() => void query.refetch()} />}
      {query.isLoading ? (
        <Waiting rows={4} />
      ) : (
        <DataTable<Ban>
          fill
          label={t("config.callers.bans")}
          rows={bans}
          rowKey={(b) => b.banId ?? ""}
          empty={t("config.callers.noBans")}
          onNearEnd={() => query.hasNextPage && !query.isFetching && void query.fetchNextPage()}
          columns={[
            { key: "ticket", title: t("config.templates.ticket"), width: "150px", render: (b) => <Link to={`/tickets/${b.ticketId}`} className="mono">{number(b.ticketId)}</Link> },
            { key: "reason", title: t("config.callers.reason"), width: "minmax(200px, 2fr)", render: (b) => <span title={b.reason}>{b.reason}</span> },
            { key: "by", title: t("config.callers.by"), width: "110px", render: (b) => userName(b.createdBy) },
            { key: "from", title: t("config.catalogue.from"), width: "160px", render: (b) => exactTime(b.createTime) },
            { key: "until", title: t("config.callers.until"), width: "160px", render: (b) => exactTime(b.untilTime) },
            { key: "state", title: t("ticket.state"), width: "90px", render: (b) => (b.active ? <span className="tag tag-red">{t("config.callers.inForce")}</span> : <span className="tag tag-grey">{t(b.liftTime ? "config.callers.lifted" : "config.callers.over")}</span>) },
            { key: "lift", title: t("config.callers.liftReason"), width: "minmax(120px, 1.2fr)", render: (b) => (b.liftTime ? <span title={`${exactTime(b.liftTime)} ${b.liftReason}`}>{userName(b.liftedBy)} · {b.liftReason}</span> : "") },
            { key: "actions", title: t("common.actions"), width: "84px", render: (b) => b.active && mayBan && <Button size="small" onClick={() => setLifting(b)}>{t("config.callers.lift")}</Button> },
          ]}
        />
      )}
      {making && <NewBan onClose={(kept) => { setMaking(false); if (kept) done(); }} />}
      {lifting && <LiftDialog ban={lifting} onClose={(kept) => { setLifting(null); if (kept) done(); }} />}
    </section>
  );
}

function AuditPart() {
  const { t } = useTranslation();
  const userName = useUserName();
  const unitName = useUnitName();
  const [asked, setAsked] = useState({ ticketId: "", from: "", to: "" });
  const ticketId = useDebounced(asked.ticketId.trim(), 400);
  const query = useInfiniteQuery({
    queryKey: ["callerAudit", ticketId, asked.from, asked.to],
    queryFn: ({ pageParam }) => listCallerAudit(compact({ ticketId, timeFrom: asked.from ? startOfDay(asked.from) : "", timeTo: asked.to ? endOfDay(asked.to) : "", pageSize: PAGE, pageToken: pageParam })),
    initialPageParam: "",
    getNextPageParam: (last) => last.nextPageToken || undefined,
  });
  const entries = query.data?.pages.flatMap((p) => p.entries ?? []) ?? [];
  return (
    <section className="main-part" aria-label={t("config.callers.audit")}>
      <div className="filters">
        <Input allowClear value={asked.ticketId} onChange={(e) => setAsked({ ...asked, ticketId: e.target.value })} placeholder={t("config.templates.ticketHint")} aria-label={t("config.templates.ticket")} style={{ width: 270 }} />
        <span className="quiet" aria-hidden="true">{t("figures.from")}</span>
        <Input type="date" value={asked.from} onChange={(e) => setAsked({ ...asked, from: e.target.value })} aria-label={t("figures.from")} style={{ width: 150 }} />
        <span className="quiet" aria-hidden="true">{t("figures.to")}</span>
        <Input type="date" value={asked.to} onChange={(e) => setAsked({ ...asked, to: e.target.value })} aria-label={t("figures.to")} style={{ width: 150 }} />
      </div>
      {query.isError && <ProblemAlert error={query.error} onRetry={() => void query.refetch()} />}
      {query.isLoading ? (
        <Waiting rows={4} />
      ) : (
        <DataTable<CallerAuditEntry>
          fill
          label={t("config.callers.audit")}
          rows={entries}
          rowKey={(e) => e.auditId ?? ""}
          empty={t("config.callers.noAudit")}
          onNearEnd={() => query.hasNextPage && !query.isFetching && void query.fetchNextPage()}
          columns={[
            { key: "time", title: t("config.callers.time"), width: "160px", render: (e) => exactTime(e.time) },
            { key: "who", title: t("config.callers.who"), width: "minmax(110px, 1fr)", render: (e) => userName(e.actorId) },
            { key: "unit", title: t("supervision.unit"), width: "minmax(140px, 1.2fr)", render: (e) => unitName(e.actorUnitId) },
            { key: "kind", title: t("config.callers.how"), width: "120px", render: (e) => t(`config.callers.${e.kind === "revealed" ? "revealed" : "shown"}`) },
            { key: "reason", title: t("config.callers.reason"), width: "minmax(180px, 2fr)", render: (e) => <span title={e.reason}>{e.reason}</span> },
            { key: "ticket", title: t("config.templates.ticket"), width: "110px", render: (e) => <Link to={`/tickets/${e.ticketId}`} className="mono">{(e.ticketId ?? "").slice(-8)}</Link> },
          ]}
        />
      )}
    </section>
  );
}

export default function CallersPage() {
  const { t } = useTranslation();
  const rule = useMay("readRepeatRule");
  const audit = useMay("audit");
  const tabs = [...(rule ? (["rule"] as const) : []), "bans" as const, ...(audit ? (["audit"] as const) : [])];
  const [tab, setTab] = useState<(typeof tabs)[number]>(tabs[0] ?? "bans");
  return (
    <>
      <div className="filters">
        <Segmented value={tab} onChange={setTab} aria-label={t("config.part.callers")} options={tabs.map((value) => ({ value, label: t(`config.callers.${value}`) }))} />
      </div>
      {tab === "rule" && <RulePart />}
      {tab === "bans" && <BansPart />}
      {tab === "audit" && <AuditPart />}
    </>
  );
}
