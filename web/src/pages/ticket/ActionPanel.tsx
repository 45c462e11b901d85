// The actions on a ticket, one form at a time.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Input, Segmented, Select } from "antd";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import * as api from "@/api/endpoints";
import { session } from "@/api/session";
import type { Role, Ticket } from "@/api/types";
import { keysOf, useKeys } from "@/app/shortcuts";
import { Field, Kbd } from "@/components/Field";
import { Loaded, NothingHere, ProblemAlert } from "@/components/Problems";
import { UnitSelect } from "@/components/Selects";
import { useUnitName } from "@/lib/catalogue";
import { draftKey, dropDraft, readDraft, writeDraft } from "@/lib/drafts";
import { uuid } from "@/lib/format";
import { useStore } from "@/lib/store";
import { type ActionId, actionsFor } from "./actions";
import { CallbackForm } from "./CallbackForm";

export interface FormProps {
  ticket: Ticket;
  run: (work: () => Promise<Ticket>) => void;
  busy: boolean;
}

// A text that survives a reload until it is sent.
export function useKeptText(ticket: Ticket, name: string): [string, (text: string) => void, () => void] {
  const userId = useStore(session)?.user.userId ?? "";
  const key = draftKey(userId, `ticket.${ticket.ticketId}.${name}`);
  const [text, setText] = useState(() => readDraft<string>(key) ?? "");
  const change = (next: string) => {
    setText(next);
    if (next) writeDraft(key, next);
    else dropDraft(key);
  };
  return [text, change, () => dropDraft(key)];
}

export function SendButton({ label, onSend, busy, disabled, danger }: { label: string; onSend: () => void; busy: boolean; disabled?: boolean; danger?: boolean }) {
  useKeys({ [keysOf("save")]: () => !busy && !disabled && onSend() });
  return (
    <Button type="primary" danger={danger ?? false} loading={busy} disabled={disabled ?? false} onClick={onSend}>
      {label} <Kbd keys="Ctrl+Enter" />
    </Button>
  );
}

function Area({ label, value, onChange, max, rows = 3, required = false }: { label: string; value: string; onChange: (v: string) => void; max: number; rows?: number; required?: boolean }) {
  return (
    <Field label={label} required={required}>
      {(control) => (
        <Input.TextArea
          id={control.id}
          value={value}
          maxLength={max}
          showCount
          autoSize={{ minRows: rows, maxRows: 14 }}
          onChange={(e) => onChange(e.target.value)}
        />
      )}
    </Field>
  );
}

function DispatchForm({ ticket, run, busy }: FormProps) {
  const { t } = useTranslation();
  const unitName = useUnitName();
  const [unitId, setUnitId] = useState("");
  const [note, setNote] = useState("");
  const user = useStore(session)?.user;
  const maySuggest = (user?.roles ?? []).some((r) => ["ROLE_AGENT", "ROLE_DISPATCHER", "ROLE_SUPERVISOR", "ROLE_ENTRY_CLERK"].includes(r));
  const suggestions = useQuery({
    queryKey: ["ticket", ticket.ticketId, "units"],
    queryFn: () => api.suggestUnits(ticket.ticketId ?? ""),
    enabled: maySuggest,
  });
  return (
    <>
      {maySuggest && (
        <Loaded query={suggestions} rows={2} empty={t("saved.noSuggestion")} isEmpty={(s) => !s.suggestions?.length}>
          {(s) =>
            (s.suggestions ?? []).map((one) => (
              <div key={one.unitId} className="suggestion">
                <Button type={unitId === one.unitId ? "primary" : "default"} onClick={() => setUnitId(one.unitId ?? "")}>
                  {unitName(one.unitId)}
                </Button>
                <span className="quiet">{one.reason}</span>
              </div>
            ))
          }
        </Loaded>
      )}
      <Field label={t("ticket.unit")} required>
        {(control) => <UnitSelect control={control} value={unitId} onChange={setUnitId} />}
      </Field>
      <Area label={t("action.noteToUnit")} value={note} onChange={setNote} max={1000} rows={2} />
      <SendButton
        label={t("action.dispatch")}
        busy={busy}
        disabled={!unitId}
        onSend={() => run(() => api.dispatchTicket(ticket.ticketId ?? "", { etag: ticket.etag ?? "", unitId, note }))}
      />
    </>
  );
}

function SignForm({ ticket, run, busy }: FormProps) {
  const { t } = useTranslation();
  return (
    <>
      <p className="quiet">{t("action.signLead")}</p>
      <SendButton
        label={t("action.sign")}
        busy={busy}
        onSend={() => run(() => api.signTicket(ticket.ticketId ?? "", { etag: ticket.etag ?? "", requestId: uuid() }))}
      />
    </>
  );
}

function ReplyForm({ ticket, run, busy }: FormProps) {
  const { t } = useTranslation();
  const [text, setText, drop] = useKeptText(ticket, "reply");
  const [note, setNote] = useState("");
  const [requestId] = useState(uuid);
  return (
    <>
      <p className="quiet">{t("action.replyLead")}</p>
      <Area label={t("action.replyText")} required value={text} onChange={setText} max={5000} rows={6} />
      <Area label={t("action.internalNote")} value={note} onChange={setNote} max={1000} rows={2} />
      <SendButton
        label={t("action.reply")}
        busy={busy}
        disabled={!text.trim()}
        onSend={() =>
          run(async () => {
            const done = await api.replyTicket(ticket.ticketId ?? "", { etag: ticket.etag ?? "", text: text.trim(), internalNote: note.trim(), requestId });
            drop();
            return done;
          })
        }
      />
    </>
  );
}

function ReturnForm({ ticket, run, busy }: FormProps) {
  const { t } = useTranslation();
  const [reason, setReason, drop] = useKeptText(ticket, "return");
  const [unitId, setUnitId] = useState("");
  return (
    <>
      <Area label={t("action.returnReason")} required value={reason} onChange={setReason} max={1000} />
      <Field label={t("action.suggestedUnit")}>{(control) => <UnitSelect control={control} value={unitId} onChange={setUnitId} />}</Field>
      <SendButton
        label={t("action.requestReturn")}
        danger
        busy={busy}
        disabled={!reason.trim()}
        onSend={() =>
          run(async () => {
            const done = await api.requestReturn(ticket.ticketId ?? "", { etag: ticket.etag ?? "", reason: reason.trim(), suggestedUnitId: unitId });
            drop();
            return done;
          })
        }
      />
    </>
  );
}

// Yes or no with a note: deciding a return and reviewing a reply are the same form.
function DecisionForm({ ticket, run, busy, kind }: FormProps & { kind: "decideReturn" | "review" }) {
  const { t } = useTranslation();
  const [note, setNote] = useState("");
  const send = (accepted: boolean) => {
    const body = { etag: ticket.etag ?? "", accepted, note: note.trim() };
    run(() => (kind === "review" ? api.reviewReply(ticket.ticketId ?? "", body) : api.decideReturn(ticket.ticketId ?? "", body)));
  };
  const needsNote = !note.trim();
  return (
    <>
      {kind === "review" && ticket.answer && <blockquote className="answer-box">{ticket.answer}</blockquote>}
      <Area label={t(kind === "review" ? "action.reviewNote" : "action.decideNote")} value={note} onChange={setNote} max={1000} required={kind === "decideReturn"} />
      <div className="form-actions">
        <SendButton label={t(`action.${kind}Yes`)} busy={busy} disabled={kind === "decideReturn" && needsNote} onSend={() => send(true)} />
        <Button danger disabled={busy || needsNote} onClick={() => send(false)}>
          {t(`action.${kind}No`)}
        </Button>
      </div>
    </>
  );
}

function ArchiveForm({ ticket, run, busy }: FormProps) {
  const { t } = useTranslation();
  return (
    <>
      <p className="quiet">{t("action.archiveLead")}</p>
      <SendButton label={t("action.archive")} busy={busy} onSend={() => run(() => api.archiveTicket(ticket.ticketId ?? "", { etag: ticket.etag ?? "" }))} />
    </>
  );
}

const REFUSALS = ["outside_city", "emergency", "litigation", "secret", "public_order", "too_vague"] as const;

function RefuseForm({ ticket, run, busy }: FormProps) {
  const { t } = useTranslation();
  const [reason, setReason] = useState<(typeof REFUSALS)[number] | "">("");
  const [note, setNote] = useState("");
  return (
    <>
      <Field label={t("action.refuseReason")} required>
        {(control) => (
          <Select
            id={control.id}
            value={reason || null}
            onChange={(v) => setReason(v ?? "")}
            options={REFUSALS.map((value) => ({ value, label: t(`refusal.${value}`) }))}
            style={{ width: "100%" }}
          />
        )}
      </Field>
      <Area label={t("action.refuseNote")} required value={note} onChange={setNote} max={1000} />
      <SendButton
        label={t("action.refuse")}
        danger
        busy={busy}
        disabled={!reason || !note.trim()}
        onSend={() => run(() => api.refuseTicket(ticket.ticketId ?? "", { etag: ticket.etag ?? "", reason, note: note.trim() }))}
      />
    </>
  );
}

const URGERS: Role[] = ["ROLE_SUPERVISOR", "ROLE_COUNTY_SUPERVISOR", "ROLE_DISPATCHER", "ROLE_LEADER", "ROLE_AGENT"];

function RemarkForm({ ticket, run, busy }: FormProps) {
  const { t } = useTranslation();
  const user = useStore(session)?.user;
  const roles = user?.roles ?? [];
  const kinds = [
    "remark" as const,
    ...(roles.some((r) => URGERS.includes(r)) ? ["urging" as const] : []),
    ...(roles.some((r) => r === "ROLE_LEADER" || r === "ROLE_SUPERVISOR") ? ["instruction" as const] : []),
  ];
  const [kind, setKind] = useState<"remark" | "urging" | "instruction">("remark");
  const [text, setText, drop] = useKeptText(ticket, "remark");
  return (
    <>
      {kinds.length > 1 && (
        <Segmented value={kind} onChange={setKind} options={kinds.map((value) => ({ value, label: t(`remark.${value}`) }))} aria-label={t("action.remark")} />
      )}
      <Area label={t(`remark.${kind}`)} required value={text} onChange={setText} max={1000} />
      <SendButton
        label={t("common.save")}
        busy={busy}
        disabled={!text.trim()}
        onSend={() =>
          run(async () => {
            const done =
              kind === "instruction"
                ? await api.instruct(ticket.ticketId ?? "", { text: text.trim() })
                : await api.addRemark(ticket.ticketId ?? "", { kind, text: text.trim() });
            drop();
            setText("");
            return done;
          })
        }
      />
    </>
  );
}

function formFor(action: ActionId, props: FormProps): ReactNode {
  switch (action) {
    case "dispatch":
      return <DispatchForm {...props} />;
    case "sign":
      return <SignForm {...props} />;
    case "reply":
      return <ReplyForm {...props} />;
    case "requestReturn":
      return <ReturnForm {...props} />;
    case "decideReturn":
    case "review":
      return <DecisionForm {...props} kind={action} />;
    case "callback":
      return <CallbackForm {...props} />;
    case "archive":
      return <ArchiveForm {...props} />;
    case "refuse":
      return <RefuseForm {...props} />;
    case "remark":
      return <RemarkForm {...props} />;
  }
}

export function ActionPanel({ ticket }: { ticket: Ticket }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const user = useStore(session)?.user;
  const actions = actionsFor(user, ticket);
  const [chosen, setChosen] = useState<ActionId | null>(null);
  const action = chosen && actions.includes(chosen) ? chosen : actions[0];
  const refresh = () => {
    void queries.invalidateQueries({ queryKey: ["ticket", ticket.ticketId] });
    void queries.invalidateQueries({ queryKey: ["tickets"] });
  };
  const step = useMutation({
    mutationFn: (work: () => Promise<Ticket>) => work(),
    onSuccess: () => {
      message.success(t("action.done"));
      setChosen(null);
      refresh();
    },
    onError: refresh, // the ticket may have moved on meanwhile: show where it stands now
  });
  if (!action) return <NothingHere text={t("action.none")} />;
  return (
    <div className="actions">
      {actions.length > 1 && (
        <Segmented<ActionId>
          block
          value={action}
          onChange={(next) => {
            setChosen(next);
            step.reset();
          }}
          options={actions.map((value) => ({ value, label: t(`action.${value}`) }))}
          aria-label={t("action.choose")}
        />
      )}
      {step.isError && <ProblemAlert error={step.error} />}
      <div key={`${action}${ticket.state}`}>{formFor(action, { ticket, run: (work) => step.mutate(work), busy: step.isPending })}</div>
    </div>
  );
}
