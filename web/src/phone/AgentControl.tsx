// The agent's state: what it is, since when, and the next one by one key.
import { DownOutlined } from "@ant-design/icons";
import { App, Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { agentSignIn, agentSignOut, setMyState } from "@/api/endpoints";
import type { AgentState } from "@/api/types";
import { keysOf, useKeys } from "@/app/shortcuts";
import { Kbd } from "@/components/Field";
import { MenuButton } from "@/components/MenuButton";
import { useProblemText } from "@/components/Problems";
import { serverNow } from "@/lib/clock";
import { clockSpan } from "@/lib/format";
import { useStore } from "@/lib/store";
import { microphoneReady, myAgent, noteAgent, openMicrophone, phone } from "./phone";
import { useTick } from "@/lib/useTick";

const REASONS = ["break", "meal", "training", "meeting", "other"] as const;

// What the one key does from each state; during a call it chooses what follows the call.
export function nextState(state: AgentState | undefined, chosenNext: AgentState | undefined): "signIn" | "ready" | "notReady" {
  switch (state) {
    case "AGENT_STATE_READY":
      return "notReady";
    case "AGENT_STATE_RESERVED":
    case "AGENT_STATE_TALKING":
      return chosenNext === "AGENT_STATE_NOT_READY" ? "ready" : "notReady";
    case "AGENT_STATE_NOT_READY":
    case "AGENT_STATE_WRAP_UP":
      return "ready";
    default:
      return "signIn";
  }
}

export function useReasonText(): (reason: string | undefined) => string {
  const { t, i18n } = useTranslation();
  return (reason) => (reason ? (i18n.exists(`agent.reason.${reason}`) ? (t(`agent.reason.${reason}` as never) as string) : reason) : "");
}

export function AgentControl() {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const problemText = useProblemText();
  const reasonText = useReasonText();
  const agent = useStore(myAgent);
  const [busy, setBusy] = useState(false);
  useTick();

  const run = async (work: () => ReturnType<typeof agentSignIn>) => {
    setBusy(true);
    try {
      noteAgent(await work());
    } catch (error) {
      message.error(problemText(error));
    } finally {
      setBusy(false);
    }
  };
  const signIn = () => {
    void openMicrophone(); // asked for while the agent's own key press is fresh
    return run(agentSignIn);
  };
  // Nobody is to be put through to an agent whom they could not hear.
  const ready = async () => {
    if (!(await microphoneReady())) {
      message.error(phone.get().microphone === "denied" ? t("phone.micDenied") : t("phone.micMissing"));
      return;
    }
    await run(() => setMyState({ state: "AGENT_STATE_READY" }));
  };
  const notReady = (reason: string) => run(() => setMyState({ state: "AGENT_STATE_NOT_READY", reason }));

  const state = agent?.state ?? "AGENT_STATE_SIGNED_OUT";
  const next = nextState(state, agent?.nextState);
  const oneKey = () => {
    if (busy) return;
    if (next === "signIn") void signIn();
    else if (next === "ready") void ready();
    else void notReady("break");
  };
  useKeys({ [keysOf("nextState")]: oneKey });

  const since = agent?.stateTime ? clockSpan((serverNow() - Date.parse(agent.stateTime)) / 1000) : "";
  const inCall = state === "AGENT_STATE_TALKING" || state === "AGENT_STATE_RESERVED";
  const items = [
    { key: "ready", label: t("agent.setReady"), onClick: () => void ready() },
    ...REASONS.map((r) => ({ key: r, label: t("agent.setNotReady", { reason: t(`agent.reason.${r}`) }), onClick: () => void notReady(r) })),
    { key: "out", label: t("agent.signOut"), disabled: inCall, onClick: () => void run(agentSignOut) },
  ];
  return (
    <div className="agent-control" role="group" aria-label={t("agent.group")}>
      <span className={`agent-state agent-${state.toLowerCase()}`} role="status">
        <b>{t(`enum.agentState.${state}`)}</b>
        {agent?.reason && state === "AGENT_STATE_NOT_READY" && <span> · {reasonText(agent.reason)}</span>}
        {state !== "AGENT_STATE_SIGNED_OUT" && <span className="timer">{since}</span>}
      </span>
      {inCall && agent?.nextState && agent.nextState !== "AGENT_STATE_UNSPECIFIED" && (
        <span className="quiet">{t("agent.afterCall", { state: t(`enum.agentState.${agent.nextState}`) })}</span>
      )}
      <Button size="small" type={next === "notReady" ? "default" : "primary"} loading={busy} onClick={oneKey} aria-keyshortcuts="F7">
        {next === "signIn" ? t("agent.signIn") : next === "ready" ? t("agent.setReady") : t("agent.setNotReadyShort")} <Kbd keys="F7" />
      </Button>
      {state !== "AGENT_STATE_SIGNED_OUT" && (
        <MenuButton icon={<DownOutlined />} label={t("agent.more")} items={items} />
      )}
    </div>
  );
}
