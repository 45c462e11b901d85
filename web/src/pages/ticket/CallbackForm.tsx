// The call back (TKT-10): dial by one key, two questions, done.
import { PhoneFilled } from "@ant-design/icons";
import { App, Button, Input, Segmented } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { recordCallback, revealCaller } from "@/api/endpoints";
import { useKeys } from "@/app/shortcuts";
import { Field, Kbd } from "@/components/Field";
import { useProblemText } from "@/components/Problems";
import { useStore } from "@/lib/store";
import { dial, phone } from "@/phone/phone";
import { can } from "@/phone/state";
import { type FormProps, SendButton, useKeptText } from "./ActionPanel";

const SATISFACTIONS = ["very_satisfied", "satisfied", "neutral", "dissatisfied", "very_dissatisfied"] as const;
type Satisfaction = (typeof SATISFACTIONS)[number];
const DIAL_KEYS = "Alt+C";

interface Answers {
  solved: "yes" | "no" | "";
  onSolved: (value: "yes" | "no") => void;
  satisfaction: Satisfaction | "";
  onSatisfaction: (value: Satisfaction) => void;
}

function Questions({ solved, onSolved, satisfaction, onSatisfaction }: Answers) {
  const { t } = useTranslation();
  return (
    <>
      <Field label={t("callback.solved")} required>
        {() => (
          <Segmented
            block
            value={solved}
            onChange={(v) => onSolved(v as "yes" | "no")}
            options={[
              { value: "yes", label: t("callback.yes") },
              { value: "no", label: t("callback.no") },
            ]}
            aria-label={t("callback.solved")}
          />
        )}
      </Field>
      <Field label={t("callback.satisfied")} required>
        {() => (
          <Segmented
            block
            vertical
            value={satisfaction}
            onChange={(v) => onSatisfaction(v as Satisfaction)}
            options={SATISFACTIONS.map((value) => ({ value, label: t(`enum.satisfaction.${value}`) }))}
            aria-label={t("callback.satisfied")}
          />
        )}
      </Field>
    </>
  );
}

export function CallbackForm({ ticket, run, busy }: FormProps) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const problemText = useProblemText();
  const state = useStore(phone);
  const [solved, setSolved] = useState<"yes" | "no" | "">("");
  const [satisfaction, setSatisfaction] = useState<Satisfaction | "">("");
  const [note, setNote, dropNote] = useKeptText(ticket, "callback");
  const [dialling, setDialling] = useState(false);
  const mayDial = can(state).dial && !dialling;
  // The call that belongs to this ticket, running or just over.
  const call = [state.call, state.lastCall].find((c) => c?.ticketId === ticket.ticketId);

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
  useKeys({ [DIAL_KEYS]: () => void start() });
  const record = (reached: boolean) =>
    run(async () => {
      const done = await recordCallback(ticket.ticketId ?? "", {
        etag: ticket.etag ?? "",
        reached,
        solved: reached && solved === "yes",
        satisfaction: reached ? satisfaction : "",
        note: note.trim(),
        callId: call?.callId ?? "",
      });
      dropNote();
      return done;
    });
  return (
    <>
      <Button icon={<PhoneFilled />} onClick={() => void start()} disabled={!mayDial} loading={dialling} block>
        {t("callback.dial")} {ticket.caller?.phone} <Kbd keys={DIAL_KEYS} />
      </Button>
      {state.line !== "up" && <p className="quiet">{t("callback.noLine")}</p>}
      <Questions solved={solved} onSolved={setSolved} satisfaction={satisfaction} onSatisfaction={setSatisfaction} />
      <Field label={t("callback.note")}>
        {(control) => <Input.TextArea id={control.id} value={note} maxLength={1000} autoSize={{ minRows: 2 }} onChange={(e) => setNote(e.target.value)} />}
      </Field>
      <div className="form-actions">
        <SendButton label={t("callback.done")} busy={busy} disabled={!solved || !satisfaction} onSend={() => record(true)} />
        <Button disabled={busy} onClick={() => record(false)}>
          {t("callback.notReached")}
        </Button>
      </div>
    </>
  );
}
