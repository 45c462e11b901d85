// The call back (TKT-10): dial by one key, two questions by single keys, done.
import { PhoneFilled } from "@ant-design/icons";
import { App, Button, Input, Segmented, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { recordCallback, revealCaller } from "@/api/endpoints";
import type { RecordCallbackRequest, Ticket } from "@/api/types";
import { useKeys, usePlainKeys } from "@/app/shortcuts";
import { Field, Kbd } from "@/components/Field";
import { useProblemText } from "@/components/Problems";
import { useStore } from "@/lib/store";
import { dial, phone } from "@/phone/phone";
import { can } from "@/phone/state";
import { type FormProps, SendButton, useKeptValues } from "./CommandForm";
import { NOTE_MAX, SATISFACTIONS } from "./forms";

const DIAL_KEYS = "Alt+C";

export interface Answers {
  solved: string; // yes, no or empty
  satisfaction: string;
  result: string;
  attitude: string;
  note: string;
}
export const NO_ANSWERS: Answers = { solved: "", satisfaction: "", result: "", attitude: "", note: "" };

// A digit answers the first question that is open: 1 yes, 2 no; then 1 to 5 from very satisfied to very dissatisfied.
export function answerByKey(answers: Answers, digit: number): Partial<Answers> {
  if (!answers.solved) return digit === 1 ? { solved: "yes" } : digit === 2 ? { solved: "no" } : {};
  const satisfaction = SATISFACTIONS[digit - 1];
  return satisfaction ? { satisfaction } : {};
}

export function callbackBody(ticket: Ticket, answers: Answers, reached: boolean, callId: string): RecordCallbackRequest {
  return {
    etag: ticket.etag ?? "",
    reached,
    solved: reached && answers.solved === "yes",
    satisfaction: reached ? answers.satisfaction : "",
    satisfactionResult: reached ? answers.result : "",
    satisfactionAttitude: reached ? answers.attitude : "",
    note: answers.note.trim(),
    callId,
  };
}

interface QuestionProps {
  answers: Answers;
  change: (part: Partial<Answers>) => void;
}

function Questions({ answers, change }: QuestionProps) {
  const { t } = useTranslation();
  const marks = SATISFACTIONS.map((value) => ({ value, label: t(`enum.satisfaction.${value}` as never) as string }));
  return (
    <>
      <Field label={t("callback.solved")} required hint={t("callback.keysSolved")}>
        {() => (
          <Segmented
            block
            value={answers.solved}
            onChange={(solved) => change({ solved })}
            options={[
              { value: "yes", label: t("callback.yes") },
              { value: "no", label: t("callback.no") },
            ]}
            aria-label={t("callback.solved")}
          />
        )}
      </Field>
      <Field label={t("callback.satisfied")} required hint={t("callback.keysSatisfied")}>
        {() => (
          <Segmented block vertical value={answers.satisfaction} onChange={(satisfaction) => change({ satisfaction })} options={marks} aria-label={t("callback.satisfied")} />
        )}
      </Field>
      <div className="row">
        {(["result", "attitude"] as const).map((name) => (
          <Field key={name} label={t(`callback.${name}`)} className="third">
            {({ id }) => (
              <Select<string | null> id={id} allowClear value={answers[name] || null} onChange={(v) => change({ [name]: v ?? "" })} options={marks} style={{ width: "100%" }} />
            )}
          </Field>
        ))}
      </div>
    </>
  );
}

// Dials the citizen; the number is shown in full, on the record, when it is not shown already.
function useDial(ticket: Ticket) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const problemText = useProblemText();
  const state = useStore(phone);
  const [dialling, setDialling] = useState(false);
  const mayDial = can(state).dial && !dialling;
  const start = async () => {
    if (!mayDial) return;
    setDialling(true);
    try {
      const caller = ticket.caller?.masked ? await revealCaller(ticket.ticketId ?? "", t("callback.revealReason")) : ticket.caller;
      if (!dial(caller?.phone ?? "", ticket.ticketId)) message.error(t("callback.noNumber"));
    } catch (error) {
      message.error(problemText(error));
    } finally {
      setDialling(false);
    }
  };
  // The call that belongs to this ticket, running or just over.
  const call = [state.call, state.lastCall].find((c) => c?.ticketId === ticket.ticketId);
  return { mayDial, dialling, start, callId: call?.callId ?? "", lineUp: state.line === "up" };
}

export function CallbackForm({ ticket, run, busy }: FormProps) {
  const { t } = useTranslation();
  const { values, change: put, drop } = useKeptValues(ticket, "recordCallback", { ...NO_ANSWERS });
  const answers = values as unknown as Answers;
  const change = (part: Partial<Answers>) => Object.entries(part).forEach(([name, value]) => put(name, value));
  const { mayDial, dialling, start, callId, lineUp } = useDial(ticket);
  useKeys({ [DIAL_KEYS]: () => void start() });
  const digits = Object.fromEntries([1, 2, 3, 4, 5].map((n) => [String(n), () => change(answerByKey(answers, n))]));
  usePlainKeys({ ...digits, Backspace: () => (answers.satisfaction ? change({ satisfaction: "" }) : change({ solved: "" })) });
  const record = (reached: boolean) =>
    run(async () => {
      const done = await recordCallback(ticket.ticketId ?? "", callbackBody(ticket, answers, reached, callId));
      drop();
      return done;
    });
  return (
    <>
      <Button icon={<PhoneFilled />} onClick={() => void start()} disabled={!mayDial} loading={dialling} block>
        {t("callback.dial")} {ticket.caller?.phone} <Kbd keys={DIAL_KEYS} />
      </Button>
      {!lineUp && <p className="quiet">{t("callback.noLine")}</p>}
      <Questions answers={answers} change={change} />
      <Field label={t("callback.note")}>
        {(control) => (
          <Input.TextArea id={control.id} value={answers.note} maxLength={NOTE_MAX} autoSize={{ minRows: 2 }} onChange={(e) => change({ note: e.target.value })} />
        )}
      </Field>
      <div className="form-actions">
        <SendButton label={t("callback.done")} busy={busy} disabled={!answers.solved || !answers.satisfaction} onSend={() => record(true)} />
        <Button disabled={busy} onClick={() => record(false)}>
          {t("callback.notReached")}
        </Button>
      </div>
    </>
  );
}
