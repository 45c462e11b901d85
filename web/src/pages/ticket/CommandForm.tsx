// One form for every command: what it asks for comes from the table in forms.ts.
import { useQuery } from "@tanstack/react-query";
import { Button, Checkbox, Input, Segmented, Select } from "antd";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import * as api from "@/api/endpoints";
import { hasRole, session } from "@/api/session";
import type { Ticket, TicketCommands, UnitSuggestion } from "@/api/types";
import { keysOf, useKeys } from "@/app/shortcuts";
import { Field, Kbd } from "@/components/Field";
import { MapPlace } from "@/components/MapPlace";
import { Loaded, Waiting } from "@/components/Problems";
import { sourceOf, useReason } from "@/components/Reason";
import { AreaSelect, CategorySelect, UnitSelect, UnitsSelect } from "@/components/LazySelects";
import { useUnitName } from "@/lib/catalogue";
import { checkPoint } from "@/lib/coordinates";
import { draftKey, dropDraft, readDraft, writeDraft } from "@/lib/drafts";
import { uuid } from "@/lib/format";
import { useStore } from "@/lib/store";
import type { ActionId } from "./actions";
import { bodyOf, type FieldSpec, faultsOf, type FormFault, FORMS, initialValues, NO_ETAG, pointValue, type SendSpec, typedPoint, type Value, type Values } from "./forms";

const Evidence = lazy(() => import("./Evidence").then((m) => ({ default: m.Evidence })));

export interface FormProps {
  ticket: Ticket;
  run: (work: () => Promise<Ticket>) => void;
  busy: boolean;
}

export function SendButton({ label, onSend, busy, disabled, danger }: { label: string; onSend: () => void; busy: boolean; disabled?: boolean; danger?: boolean }) {
  useKeys({ [keysOf("save")]: () => !busy && !disabled && onSend() });
  return (
    <Button type="primary" danger={danger ?? false} loading={busy} disabled={disabled ?? false} onClick={onSend}>
      {label} <Kbd keys="Ctrl+Enter" />
    </Button>
  );
}

// What is typed survives a reload until it is sent.
export function useKeptValues(ticket: Ticket, action: ActionId, start: Values) {
  const userId = useStore(session)?.user.userId ?? "";
  const key = draftKey(userId, `ticket.${ticket.ticketId}.${action}`);
  const [values, setValues] = useState<Values>(() => ({ ...start, ...readDraft<Values>(key) }));
  const change = (name: string, value: Value) => {
    const next = { ...values, [name]: value };
    setValues(next);
    writeDraft(key, next);
  };
  return { values, change, drop: () => dropDraft(key) };
}

interface ControlProps {
  field: FieldSpec;
  value: Value;
  onChange: (value: Value) => void;
  ticket: Ticket;
  id: string;
  label: string;
}

function Choice({ field, value, onChange, ticket, id, label }: ControlProps) {
  const { t } = useTranslation();
  const name = (v: string) => t(`choice.${field.set}.${v}` as never) as string;
  const options =
    field.set === "links"
      ? (ticket.links ?? []).map((l) => ({ value: l.ticketId ?? "", label: `${t(`choice.link.${l.kind ?? "related"}` as never) as string} ${l.ticketId?.slice(0, 8)}` }))
      : (field.options ?? []).map((v) => ({ value: v, label: name(v) }));
  if (field.set === "yesNo") return <Segmented value={value as string} onChange={(v) => onChange(v)} options={options} aria-label={label} />;
  if (field.kind === "choices")
    return <Select<string[]> id={id} mode="multiple" value={value as string[]} onChange={onChange} options={options} style={{ width: "100%" }} />;
  return <Select<string | null> id={id} value={(value as string) || null} onChange={(v) => onChange(v ?? "")} options={options} style={{ width: "100%" }} />;
}

function Control(props: ControlProps) {
  const { t } = useTranslation();
  const { field, value, onChange, ticket, id, label } = props;
  const one = String(value);
  switch (field.kind) {
    case "text":
      return (
        <Input.TextArea
          id={id}
          value={one}
          showCount={{ formatter: ({ count, maxLength }) => `${count} / ${maxLength ?? field.max ?? ""}` }}
          {...(field.max ? { maxLength: field.max } : {})}
          autoSize={{ minRows: field.rows ?? 2, maxRows: 14 }}
          onChange={(e) => onChange(e.target.value)}
        />
      );
    case "line":
      return <Input id={id} value={one} {...(field.max ? { maxLength: field.max } : {})} autoComplete="off" onChange={(e) => onChange(e.target.value)} />;
    case "ticket":
      return <Input id={id} value={one} maxLength={64} autoComplete="off" placeholder={t("field.ticketHint")} onChange={(e) => onChange(e.target.value)} />;
    case "time":
      return <Input id={id} type="datetime-local" value={one} onChange={(e) => onChange(e.target.value)} />;
    case "check":
      return (
        <Checkbox id={id} checked={value === true} onChange={(e) => onChange(e.target.checked)}>
          {label}
        </Checkbox>
      );
    case "unit":
      return <UnitSelect control={{ id }} label={label} value={one} onChange={onChange} />;
    case "evidence":
      return (
        <Suspense fallback={<Waiting rows={1} />}>
          <Evidence ticketId={ticket.ticketId ?? ""} value={value as string[]} onChange={onChange} label={label} />
        </Suspense>
      );
    case "units":
      return <UnitsSelect control={{ id }} label={label} values={value as string[]} onChange={onChange} />;
    case "category":
      return <CategorySelect control={{ id }} label={label} value={one} onChange={onChange} />;
    case "area":
      return <AreaSelect control={{ id }} label={label} value={one} onChange={onChange} />;
    default:
      return <Choice {...props} />;
  }
}

// Units that fit, each with the rule that proposes it (TKT-6).
function Suggested({ ticket, chosen, onChoose }: { ticket: Ticket; chosen: string; onChoose: (one: UnitSuggestion) => void }) {
  const { t } = useTranslation();
  const unitName = useUnitName();
  const reason = useReason();
  const user = useStore(session)?.user;
  const may = hasRole(user, "ROLE_AGENT", "ROLE_DISPATCHER", "ROLE_SUPERVISOR", "ROLE_ENTRY_CLERK");
  const suggestions = useQuery({
    queryKey: ["ticket", ticket.ticketId, "units"],
    queryFn: () => api.suggestUnits(ticket.ticketId ?? ""),
    enabled: may,
  });
  if (!may) return null;
  return (
    <Loaded query={suggestions} rows={2} empty={t("saved.noSuggestion")} isEmpty={(s) => !s.suggestions?.length}>
      {(s) =>
        (s.suggestions ?? []).map((one) => (
          <div key={one.unitId} className="suggestion">
            <Button type={chosen === one.unitId ? "primary" : "default"} onClick={() => onChoose(one)}>
              {unitName(one.unitId)}
            </Button>
            <span className="quiet">{reason(one.rule, one.reason)}</span>
          </div>
        ))
      }
    </Loaded>
  );
}

export function CommandForm({ action, ticket, run, busy }: FormProps & { action: Exclude<ActionId, "recordCallback"> }) {
  const { t, i18n } = useTranslation();
  const spec = FORMS[action];
  const { values, change, drop } = useKeptValues(ticket, action, initialValues(spec, ticket));
  const [faults, setFaults] = useState<Record<string, FormFault>>({});
  const [requestId] = useState(uuid);
  const [followed, setFollowed] = useState<UnitSuggestion | null>(null);
  const follow = (one: UnitSuggestion) => {
    setFollowed(one);
    change("unitId", one.unitId ?? "");
  };
  const send = (how: SendSpec) => {
    const found = faultsOf(spec, how, values);
    setFaults(found);
    if (Object.keys(found).length > 0) return;
    const { etag, ...rest } = bodyOf(spec, how, values, ticket);
    const body = { ...rest, ...(NO_ETAG.includes(action) ? {} : { etag: etag ?? "" }), ...(action === "sign" || action === "reply" ? { requestId } : {}), ...(action === "dispatch" && followed && followed.unitId === values.unitId ? { source: sourceOf(followed) } : {}) };
    run(async () => {
      const done = await api.ticketCommand(ticket.ticketId ?? "", action, body as TicketCommands[typeof action]);
      drop();
      return done;
    });
  };
  const sends = spec.sends ?? [{ label: action, danger: spec.danger ?? false }];
  const [first, ...others] = sends as [SendSpec, ...SendSpec[]];
  const label = (key: string) => t(`field.${key}` as never) as string;
  return (
    <form className="command" aria-label={t(`action.${action}` as never) as string} onSubmit={(e) => e.preventDefault()}>
      {spec.lead && i18n.exists(`explain.${spec.lead}`) && <p className="quiet">{t(`explain.${spec.lead}` as never) as string}</p>}
      {(action === "reviewReply" || action === "approveReply") && ticket.answer && <blockquote className="answer-box">{ticket.answer}</blockquote>}
      {(action === "dispatch" || action === "arbitrateReturn") && (
        <Suggested ticket={ticket} chosen={String(values.unitId)} onChoose={follow} />
      )}
      {spec.fields.map((field) => {
        if (field.kind === "point") {
          const point = typedPoint(values[field.name]);
          const wrong = checkPoint(point.longitude, point.latitude); // what was put right meanwhile is not shown as wrong any more
          const why = (axis: "longitude" | "latitude") => faults[axis] && wrong[axis] && (t(`fault.${wrong[axis]}`) as string);
          return <MapPlace key={field.name} form={point} change={(part) => change(field.name, pointValue({ ...point, ...part }))} fault={why} />;
        }
        const fault = faults[field.name];
        return (
          <Field
            key={field.name}
            label={field.kind === "check" ? "" : label(field.label)}
            required={typeof field.required === "function" ? field.required(values) : (field.required ?? false)}
            error={fault && (t(`fault.${fault}`) as string)}
          >
            {({ id }) => <Control field={field} id={id} label={label(field.label)} ticket={ticket} value={values[field.name] ?? ""} onChange={(v) => change(field.name, v)} />}
          </Field>
        );
      })}
      <div className="form-actions">
        <SendButton label={t(`action.${first.label}` as never) as string} danger={first.danger ?? false} busy={busy} onSend={() => send(first)} />
        {others.map((one) => (
          <Button key={one.label} danger={one.danger ?? false} disabled={busy} onClick={() => send(one)}>
            {t(`action.${one.label}` as never) as string}
          </Button>
        ))}
      </div>
    </form>
  );
}
