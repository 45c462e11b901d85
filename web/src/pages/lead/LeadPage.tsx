// The team lead's board: agents, queues, calls, trunks, live. Forcing a state asks for a reason that is kept.
import { useMutation, useQuery } from "@tanstack/react-query";
import { App, Button, Input, Modal, Segmented } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { forceState, listActiveCalls, listAgents, listQueues, listTrunks } from "@/api/endpoints";
import { hasRole, session } from "@/api/session";
import type { Agent, AgentState, Call, Queue, QueueFigure } from "@/api/types";
import { type Column, DataTable } from "@/components/DataTable";
import { Field } from "@/components/Field";
import { Loaded, ProblemAlert, useProblemText } from "@/components/Problems";
import { useAgents, useQueueFigures } from "@/desk/hooks";
import { useNamed, useUserName } from "@/lib/catalogue";
import { serverNow } from "@/lib/clock";
import { clockSpan } from "@/lib/format";
import { useStore } from "@/lib/store";
import { useReasonText } from "@/phone/AgentControl";
import { useTick } from "@/lib/useTick";

const ORDER: AgentState[] = ["AGENT_STATE_TALKING", "AGENT_STATE_RESERVED", "AGENT_STATE_WRAP_UP", "AGENT_STATE_READY", "AGENT_STATE_NOT_READY"];

function Since({ time }: { time: string | undefined }) {
  useTick();
  return <span className="timer">{time ? clockSpan((serverNow() - Date.parse(time)) / 1000) : ""}</span>;
}

function ForceDialog({ agent, name, onClose }: { agent: Agent; name: string; onClose: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const [state, setState] = useState<AgentState>("AGENT_STATE_NOT_READY");
  const [reason, setReason] = useState("");
  const force = useMutation({
    mutationFn: () => forceState(agent.agentId ?? "", { state, reason: reason.trim() }),
    onSuccess: () => {
      message.success(t("action.done"));
      onClose();
    },
  });
  const good = [...reason.trim()].length >= 2;
  return (
    <Modal open title={t("lead.forceTitle", { name })} onCancel={onClose} onOk={() => force.mutate()} okButtonProps={{ disabled: !good, loading: force.isPending }}>
      {force.isError && <ProblemAlert error={force.error} />}
      <Segmented<AgentState>
        value={state}
        onChange={setState}
        options={(["AGENT_STATE_NOT_READY", "AGENT_STATE_READY", "AGENT_STATE_SIGNED_OUT"] as AgentState[]).map((value) => ({
          value,
          label: t(`enum.agentState.${value}`),
        }))}
        aria-label={t("lead.force")}
      />
      <Field label={t("lead.reason")} required>
        {(control) => <Input id={control.id} value={reason} maxLength={100} onChange={(e) => setReason(e.target.value)} onPressEnter={() => good && force.mutate()} />}
      </Field>
    </Modal>
  );
}

function useAgentColumns(nameOf: (agent: Agent) => string, onForce: ((agent: Agent) => void) | undefined): Column<Agent>[] {
  const { t } = useTranslation();
  const reasonText = useReasonText();
  const columns: Column<Agent>[] = [
    {
      key: "state",
      title: t("agent.state"),
      width: "minmax(110px, 1.2fr)",
      render: (a) => (
        <span className={`agent-state agent-${(a.state ?? "").toLowerCase()}`}>
          {t(`enum.agentState.${a.state ?? "AGENT_STATE_UNSPECIFIED"}`)}
          {a.state === "AGENT_STATE_NOT_READY" && a.reason ? ` · ${reasonText(a.reason)}` : ""}
        </span>
      ),
    },
    { key: "since", title: t("agent.since"), width: "80px", render: (a) => <Since time={a.stateTime} /> },
    { key: "name", title: t("agent.name"), width: "minmax(70px, 1fr)", render: nameOf },
    { key: "number", title: t("agent.employeeNumber"), width: "95px", render: (a) => a.profile?.employeeNumber },
    { key: "line", title: t("agent.line"), width: "60px", render: (a) => (a.lineUp ? t("agent.lineUp") : <span className="urgency">{t("agent.lineDown")}</span>) },
    {
      key: "skills",
      title: t("agent.skills"),
      width: "minmax(80px, 1.4fr)",
      render: (a) => (a.profile?.skills ?? []).map((s) => `${s.name} ${s.level ?? ""}`).join(", "),
    },
  ];
  if (onForce)
    columns.push({
      key: "actions",
      title: t("common.actions"),
      width: "100px",
      render: (a) => (
        <Button size="small" onClick={() => onForce(a)} aria-label={`${t("lead.force")}: ${nameOf(a)}`}>
          {t("lead.force")}
        </Button>
      ),
    });
  return columns;
}

function AgentsTable() {
  const { t } = useTranslation();
  const userName = useUserName();
  const user = useStore(session)?.user;
  const live = useAgents();
  const first = useQuery({ queryKey: ["agents"], queryFn: async () => (await listAgents()).agents ?? [], enabled: live === null });
  const [forcing, setForcing] = useState<Agent | null>(null);
  const mayForce = hasRole(user, "ROLE_TEAM_LEAD", "ROLE_ADMIN");
  const all = live ? [...live.values()] : (first.data ?? []);
  const onDuty = all
    .filter((a) => ORDER.includes(a.state ?? "AGENT_STATE_SIGNED_OUT"))
    .sort((a, b) => ORDER.indexOf(a.state!) - ORDER.indexOf(b.state!) || (a.stateTime ?? "").localeCompare(b.stateTime ?? ""));
  const nameOf = (a: Agent) => a.profile?.displayName || userName(a.agentId);
  const columns = useAgentColumns(nameOf, mayForce ? setForcing : undefined);
  return (
    <section aria-label={t("lead.agents")}>
      <h2>{t("lead.agents")}</h2>
      <p className="state-counts">
        {ORDER.map((state) => (
          <span key={state} className={`agent-state agent-${state.toLowerCase()}`}>
            {t(`enum.agentState.${state}`)} <b>{onDuty.filter((a) => a.state === state).length}</b>
          </span>
        ))}
      </p>
      {first.isError && live === null && <ProblemAlert error={first.error} onRetry={() => void first.refetch()} />}
      <DataTable<Agent>
        label={t("lead.agents")}
        rows={onDuty}
        rowKey={(a) => a.agentId ?? ""}
        busy={live === null && first.isLoading}
        empty={t("lead.noAgents")}
        columns={columns}
      />
      {forcing && <ForceDialog agent={forcing} name={nameOf(forcing)} onClose={() => setForcing(null)} />}
    </section>
  );
}

function QueuesTable() {
  const { t } = useTranslation();
  const named = useNamed();
  const live = useQueueFigures();
  const query = useQuery({ queryKey: ["queues"], queryFn: listQueues });
  const rows = useMemo(() => {
    const figures = new Map((live ?? query.data?.figures ?? []).map((f) => [f.queueId, f]));
    return (query.data?.queues ?? []).map((queue) => ({ queue, figure: figures.get(queue.queueId) ?? {} }));
  }, [live, query.data]);
  return (
    <section aria-label={t("lead.queues")}>
      <h2>{t("lead.queues")}</h2>
      <Loaded query={query} empty={t("lead.noQueues")} isEmpty={(q) => !q.queues?.length}>
        {() => (
          <DataTable<{ queue: Queue; figure: QueueFigure }>
            label={t("lead.queues")}
            rows={rows}
            rowKey={(r) => r.queue.queueId ?? ""}
            empty={t("lead.noQueues")}
            columns={[
              { key: "queue", title: t("lead.queue"), width: "minmax(100px, 2fr)", render: (r) => named(r.queue, r.queue.queueId) },
              { key: "waiting", title: t("lead.waiting"), width: "1fr", align: "right", render: (r) => <b>{r.figure.waiting ?? 0}</b> },
              {
                key: "longest",
                title: t("lead.longest"),
                width: "1.2fr",
                align: "right",
                render: (r) => {
                  const wait = r.figure.longestWaitSeconds ?? 0;
                  return <span className={wait > (r.queue.targetSeconds || 15) ? "timer late" : "timer"}>{clockSpan(wait)}</span>;
                },
              },
              { key: "ready", title: t("lead.ready"), width: "1fr", align: "right", render: (r) => r.figure.agentsReady ?? 0 },
              { key: "busy", title: t("lead.busy"), width: "1fr", align: "right", render: (r) => r.figure.agentsBusy ?? 0 },
              { key: "not", title: t("lead.notReady"), width: "1fr", align: "right", render: (r) => r.figure.agentsNotReady ?? 0 },
            ]}
          />
        )}
      </Loaded>
    </section>
  );
}

function CallsTable() {
  const { t, i18n } = useTranslation();
  const userName = useUserName();
  const named = useNamed();
  const queues = useQuery({ queryKey: ["queues"], queryFn: listQueues });
  const queueName = (id: string | undefined) => named(queues.data?.queues?.find((q) => q.queueId === id), id);
  const query = useQuery({ queryKey: ["activeCalls"], queryFn: listActiveCalls, refetchInterval: 2000 });
  return (
    <section aria-label={t("lead.calls")}>
      <h2>
        {t("lead.calls")} <span className="quiet">{query.data?.total ?? ""}</span>
      </h2>
      <Loaded query={query} rows={2} empty={t("lead.noCalls")} isEmpty={(c) => !c.calls?.length}>
        {(answer) => (
          <DataTable<Call>
            label={t("lead.calls")}
            rows={answer.calls ?? []}
            rowKey={(c) => c.callId ?? ""}
            empty={t("lead.noCalls")}
            columns={[
              { key: "way", title: t("lead.direction"), width: "60px", render: (c) => (i18n.exists(`lead.dir.${c.direction}`) ? (t(`lead.dir.${c.direction}` as never) as string) : "") },
              { key: "number", title: t("lead.number"), width: "minmax(110px, 1.4fr)", render: (c) => <span className="mono">{c.direction === "outbound" ? c.calledNumber : c.callerNumber}</span> },
              { key: "queue", title: t("lead.queue"), width: "1fr", render: (c) => queueName(c.queueId) },
              { key: "agent", title: t("lead.agent"), width: "1fr", render: (c) => userName(c.agentId) },
              { key: "phase", title: t("lead.phase"), width: "90px", render: (c) => (c.agentAnswerTime ? t("lead.talking") : c.direction === "outbound" ? t("enum.phase.PHASE_DIALLING") : c.enqueueTime ? t("lead.inQueue") : t("lead.inMenu")) },
              { key: "since", title: t("agent.since"), width: "80px", align: "right", render: (c) => <Since time={c.agentAnswerTime ?? c.enqueueTime ?? c.startTime} /> },
            ]}
          />
        )}
      </Loaded>
    </section>
  );
}

function Trunks() {
  const { t } = useTranslation();
  const problemText = useProblemText();
  const query = useQuery({ queryKey: ["trunks"], queryFn: listTrunks, refetchInterval: 10_000 });
  return (
    <section aria-label={t("lead.trunks")}>
      <h2>{t("lead.trunks")}</h2>
      {query.isError && !query.data && <p className="quiet">{problemText(query.error)}</p>}
      <ul className="trunks">
        {(query.data?.trunks ?? []).map((trunk) => (
          <li key={trunk.trunkId}>
            <span className={`light ${trunk.up ? "light-green" : "light-red"}`} role="img" aria-label={trunk.up ? t("lead.up") : t("lead.down")} /> {trunk.name || trunk.trunkId}{" "}
            <span className="timer">
              {trunk.activeCalls ?? 0} / {trunk.capacity ?? 0}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

export default function LeadPage() {
  const { t } = useTranslation();
  const user = useStore(session)?.user;
  return (
    <div className="page">
      <h1>{t("nav.lead")}</h1>
      <div className="lead-columns">
        <div className="column">
          <AgentsTable />
        </div>
        <div className="column">
          <QueuesTable />
          <CallsTable />
          {hasRole(user, "ROLE_TEAM_LEAD", "ROLE_ADMIN", "ROLE_OPERATOR") && <Trunks />}
        </div>
      </div>
    </div>
  );
}
