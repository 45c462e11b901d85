// The agent desk: caller · ticket · knowledge. A call that rings fills the left and binds the form; the form outlives the
// call until it is saved.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Button, Input } from "antd";
import { useCallback, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { createTicket } from "@/api/endpoints";
import { asProblem } from "@/api/problem";
import { session } from "@/api/session";
import type { CreateTicketResponse, LineCall, Process } from "@/api/types";
import { keysOf, useJumps, useKeys } from "@/app/shortcuts";
import { Field, Kbd } from "@/components/Field";
import { ProblemAlert, useFaultText } from "@/components/Problems";
import { Suggestions } from "@/components/Suggestions";
import { Part, type ServerFaults, serverFaultsOf, TicketFields, useFieldFault } from "@/components/TicketFields";
import { useUnitName } from "@/lib/catalogue";
import { draftKey, readDraft, writeDraft } from "@/lib/drafts";
import { useStore } from "@/lib/store";
import { extraOf, processFaults, useProcess } from "@/lib/process";
import { emptySlot, isDirty, type Slot, useTicketDraft, wholeSlot } from "@/lib/ticketForm";
import { ANSWER_MAX, checkTicket, type Faults, type FieldKey, type SaveKind, type TicketForm, toRequest } from "@/lib/validate";
import { phone } from "@/phone/phone";
import { CallerColumn } from "./CallerColumn";
import { CallerBan, Duplicates } from "./Duplicates";
import { SavedDialog } from "./SavedDialog";
import { UnitPicker } from "./UnitPicker";

const MAX_PARKED = 9;

// Forms of earlier calls that were not saved yet.
function useParked() {
  const userId = useStore(session)?.user.userId ?? "";
  const key = draftKey(userId, "desk.parked");
  const [parked, setParked] = useState<Slot[]>(() => (readDraft<Slot[]>(key) ?? []).map((one) => wholeSlot(one) ?? one));
  useEffect(() => writeDraft(key, parked), [key, parked]);
  return { parked, setParked };
}

// Which form a call belongs to: the one already bound to it, the untouched one, or a new one.
export function bindCall(slot: Slot, call: LineCall): { slot: Slot; park: Slot | null } | null {
  const callId = call.callId ?? "";
  if (!callId || slot.callId === callId || (call.outbound && call.ticketId)) return null;
  const bound = { callId, line: call.outbound ? "" : (call.calledNumber ?? "") };
  const free = !isDirty(slot) && !slot.callId;
  if (free) return { slot: { ...slot, ...bound, form: { ...slot.form, callerPhone: call.remoteNumber ?? "" } }, park: null };
  return { slot: emptySlot(bound, { callerPhone: call.remoteNumber ?? "" }), park: isDirty(slot) ? slot : null };
}

// Binds the form to the call that rings; what was typed for an earlier one is kept aside.
function useCallBinding(slot: Slot, setSlot: (slot: Slot) => void, setParked: (change: (list: Slot[]) => Slot[]) => void, clearFaults: () => void) {
  const call = useStore(phone).call;
  useEffect(() => {
    if (!call) return;
    const next = bindCall(slot, call);
    if (!next) return;
    const { park } = next;
    if (park) setParked((list) => [park, ...list].slice(0, MAX_PARKED));
    setSlot(next.slot);
    clearFaults();
  }, [call, slot, setSlot, setParked, clearFaults]);
}

function Outcome({ form, change, fault }: { form: TicketForm; change: (part: Partial<TicketForm>) => void; fault: (field: FieldKey) => string | undefined }) {
  const { t } = useTranslation();
  // Only a consultation is answered at the desk; what was written stays in sight when the type changes.
  return (
    <Part n={8} label={t("ticket.answer")}>
      {(form.type === "TICKET_TYPE_CONSULTATION" || form.answer) && (
        <Field label={t("ticket.answer")} error={fault("answer")} hint={t("desk.answerHint")}>
          {(control) => (
            <Input.TextArea
              {...control}
              status={control.status ?? ""}
              value={form.answer}
              maxLength={ANSWER_MAX}
              autoSize={{ minRows: 2, maxRows: 8 }}
              onChange={(e) => change({ answer: e.target.value })}
            />
          )}
        </Field>
      )}
      <UnitPicker form={form} change={change} error={fault("unitId")} />
    </Part>
  );
}

function Knowledge({ form, change }: { form: TicketForm; change: (part: Partial<TicketForm>) => void }) {
  const { t } = useTranslation();
  const insert = (answer: string, articleId: string) =>
    change({ answer: form.answer.trim() ? `${form.answer.trimEnd()}\n${answer}` : answer, articleId });
  return (
    <aside className="column knowledge-column" aria-label={t("desk.knowledge")}>
      <Part n={9} label={t("desk.knowledge")}>
        <h2>{t("desk.knowledge")}</h2>
        <Suggestions text={`${form.title}\n${form.content}`.trim()} categoryId={form.categoryId} onInsert={insert} />
      </Part>
    </aside>
  );
}

interface ActionProps {
  consultation: boolean;
  unit: string; // where it would be dispatched, by name
  submit: (kind: SaveKind) => void;
  busy: SaveKind | undefined;
  clearable: boolean;
  onClear: () => void;
}

function Actions({ consultation, unit, submit, busy, clearable, onClear }: ActionProps) {
  const { t } = useTranslation();
  return (
    <div className="form-actions">
      <Button type="primary" onClick={() => submit("register")} loading={busy === "register"}>
        {t("desk.register")} <Kbd keys={keysOf("save")} />
      </Button>
      {consultation && (
        <Button onClick={() => submit("answer")} loading={busy === "answer"}>
          {t("desk.answerAndClose")} <Kbd keys={keysOf("saveAndAnswer")} />
        </Button>
      )}
      {consultation && (
        <Button onClick={() => submit("later")} loading={busy === "later"}>
          {t("ticket.answerLater")} <Kbd keys={keysOf("saveForLater")} />
        </Button>
      )}
      <Button onClick={() => submit("dispatch")} loading={busy === "dispatch"}>
        {t("desk.registerAndDispatch")}
        {unit && ` → ${unit}`} <Kbd keys={keysOf("saveAndDispatch")} />
      </Button>
      <Button danger type="text" className="to-the-end" disabled={!clearable} onClick={onClear}>
        {t("desk.clear")}
      </Button>
    </div>
  );
}

function useSave(slot: Slot, process: Process | undefined, onSaved: (answer: CreateTicketResponse) => void, onFaults: (faults: ServerFaults) => void) {
  const queries = useQueryClient();
  const faultText = useFaultText();
  return useMutation({
    mutationFn: (kind: SaveKind) => createTicket(toRequest(slot.form, kind, slot, extraOf(slot.form, process))),
    onSuccess: (answer) => {
      onSaved(answer);
      void queries.invalidateQueries({ queryKey: ["caller"] });
      void queries.invalidateQueries({ queryKey: ["tickets"] });
    },
    onError: (error) => {
      onFaults(serverFaultsOf(error, faultText));
      // What is suggested changed meanwhile: the next try follows what is suggested then.
      if (asProblem(error).reason === "SUGGESTION_CHANGED") void queries.invalidateQueries({ queryKey: ["suggestForDraft"] });
    },
  });
}

export default function DeskPage() {
  const { t } = useTranslation();
  const call = useStore(phone).call;
  const { slot, setSlot, change, reset } = useTicketDraft("desk", {});
  const { parked, setParked } = useParked();
  const [faults, setFaults] = useState<Faults>({});
  const [serverFaults, setServerFaults] = useState<ServerFaults>({});
  const [saved, setSaved] = useState<CreateTicketResponse | null>(null);
  const fault = useFieldFault(faults, serverFaults);
  const process = useProcess(slot.form.type);
  const unitName = useUnitName();
  const formRef = useRef<HTMLFormElement>(null);

  const clearFaults = useCallback(() => {
    setFaults({});
    setServerFaults({});
  }, []);
  useCallBinding(slot, setSlot, setParked, clearFaults);

  const save = useSave(slot, process, (answer) => {
    setSaved(answer);
    reset(emptySlot({ callId: call?.callId ?? "", line: slot.line }, { callerPhone: call ? slot.form.callerPhone : "" }));
  }, setServerFaults);
  const submit = (kind: SaveKind) => {
    if (save.isPending || saved) return;
    const found = { ...processFaults(slot.form, process), ...checkTicket(slot.form, kind) };
    setFaults(found);
    setServerFaults({});
    if (Object.keys(found).length === 0) save.mutate(kind);
    else setTimeout(() => formRef.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus(), 0);
  };
  useKeys({
    [keysOf("save")]: () => submit("register"),
    [keysOf("saveAndAnswer")]: () => submit("answer"),
    [keysOf("saveAndDispatch")]: () => submit("dispatch"),
    [keysOf("saveForLater")]: () => submit("later"),
  });
  useJumps(!saved);
  const take = (wanted: Slot) => {
    setParked((list) => [...(isDirty(slot) ? [slot] : []), ...list.filter((p) => p.requestId !== wanted.requestId)]);
    setSlot(wanted);
  };

  return (
    <div className="desk">
      <h1 className="hidden">{t("nav.desk")}</h1>
      <CallerColumn slot={slot} parked={parked} onTake={take} />
      <form ref={formRef} className="column ticket-form" onSubmit={(e) => e.preventDefault()} aria-label={t("desk.form")}>
        {save.isError && <ProblemAlert error={save.error} />}
        <CallerBan phone={slot.form.callerPhone} />
        <TicketFields form={slot.form} change={change} fault={fault} afterTitle={<Duplicates form={slot.form} />} />
        <Outcome form={slot.form} change={change} fault={fault} />
        <Actions
          consultation={slot.form.type === "TICKET_TYPE_CONSULTATION"}
          unit={unitName(slot.form.unitId)}
          submit={submit}
          busy={save.isPending ? save.variables : undefined}
          clearable={isDirty(slot)}
          onClear={() => setSlot(emptySlot({ callId: slot.callId, line: slot.line }, { callerPhone: slot.form.callerPhone }))}
        />
      </form>
      <Knowledge form={slot.form} change={change} />
      {saved && <SavedDialog saved={saved} onClose={() => setSaved(null)} />}
    </div>
  );
}
