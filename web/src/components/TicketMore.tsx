// What a matter may have beside what everybody asks: its nature, when it happened, whom it concerns, more about the caller,
// and the fields of the type's own form (PLT-6).
import { Button, Input, Segmented, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { FormField, Process } from "@/api/types";
import { useNamed } from "@/lib/catalogue";
import { maxLength, requiredFields } from "@/lib/process";
import { CALLER_KINDS, type FieldKey, NAME_MAX, NATURES, PARTIES_MAX, PLACE_MAX, TAGS_MAX, type TicketForm } from "@/lib/validate";
import { type ControlProps, Field } from "./Field";

export interface PartProps {
  form: TicketForm;
  change: (part: Partial<TicketForm>) => void;
  fault: (field: FieldKey) => string | undefined;
  process?: Process | undefined;
}

export function OccurTime({ form, change, fault }: PartProps) {
  const { t } = useTranslation();
  return (
    <Field label={t("ticket.occurTime")} error={fault("occurTime")} className="when">
      {(control) => <Input {...control} status={control.status ?? ""} type="datetime-local" value={form.occurTime} onChange={(e) => change({ occurTime: e.target.value })} />}
    </Field>
  );
}

export function Nature({ form, change, fault }: PartProps) {
  const { t } = useTranslation();
  return (
    <Field label={t("ticket.nature")} error={fault("nature")}>
      {() => (
        <Segmented<string>
          value={form.nature}
          onChange={(nature) => change({ nature })}
          options={[{ value: "", label: t("work.noNature") }, ...NATURES.map((value) => ({ value, label: t(`choice.nature.${value}` as never) as string }))]}
          aria-label={t("ticket.nature")}
        />
      )}
    </Field>
  );
}

type Line = "partiesConcerned" | "callerWorkUnit" | "callerAddress";

function LineField({ name, label, max, required, ...p }: PartProps & { name: Line; label: string; max: number; required?: boolean }) {
  return (
    <Field label={label} error={p.fault(name)} className="third" required={required ?? false}>
      {(control) => (
        <Input {...control} status={control.status ?? ""} value={p.form[name]} maxLength={max} autoComplete="off" onChange={(e) => p.change({ [name]: e.target.value })} />
      )}
    </Field>
  );
}

// Folded away until it is wanted, filled, required or refused.
export function CallerMore(props: PartProps) {
  const { form, change, fault, process } = props;
  const { t } = useTranslation();
  const needs = requiredFields(process);
  const [opened, setOpened] = useState(false);
  const used = form.callerKind !== "citizen" || !!form.callerWorkUnit || !!form.callerAddress || !!form.partiesConcerned || form.tags.length > 0;
  const wanted = (["callerAddress", "tags", "partiesConcerned", "callerWorkUnit", "callerKind"] as FieldKey[]).some((key) => needs.has(key) || fault(key));
  if (!opened && !used && !wanted)
    return (
      <Button type="link" size="small" className="more-fields" aria-expanded={false} onClick={() => setOpened(true)}>
        {t("ticket.more")}
      </Button>
    );
  return (
    <>
      <div className="row">
        <Field label={t("work.callerKind")} error={fault("callerKind")} className="third">
          {(control) => (
            <Select<string>
              id={control.id}
              value={form.callerKind}
              onChange={(callerKind) => change({ callerKind })}
              options={CALLER_KINDS.map((value) => ({ value, label: t(`choice.callerKind.${value}` as never) as string }))}
              style={{ width: "100%" }}
            />
          )}
        </Field>
        <LineField {...props} name="callerWorkUnit" label={t("work.workUnit")} max={NAME_MAX} />
        <LineField {...props} name="callerAddress" label={t("work.address")} max={PLACE_MAX} required={needs.has("callerAddress")} />
      </div>
      <div className="row">
        <LineField {...props} name="partiesConcerned" label={t("ticket.parties")} max={PARTIES_MAX} />
        <Field label={t("ticket.tags")} error={fault("tags")} className="rest" required={needs.has("tags")}>
          {(control) => (
            <Select<string[]>
              id={control.id}
              mode="tags"
              value={form.tags}
              onChange={(tags) => change({ tags: tags.map((tag) => tag.trim().slice(0, 30)).filter(Boolean).slice(0, TAGS_MAX) })}
              tokenSeparators={[",", "，", "、", ";", "；"]}
              open={false}
              suffixIcon={null}
              placeholder={t("work.tagsHint")}
              style={{ width: "100%" }}
            />
          )}
        </Field>
      </div>
    </>
  );
}

function OwnControl({ field, value, onChange, control, label }: { field: FormField; value: string; onChange: (value: string) => void; control: ControlProps; label: string }) {
  const { t } = useTranslation();
  const common = { ...control, status: control.status ?? ("" as const), value, autoComplete: "off" };
  switch (field.kind) {
    case "FORM_FIELD_KIND_CHOICE":
      return (
        <Select<string | null>
          id={control.id}
          value={value || null}
          allowClear={!field.required}
          showSearch
          onChange={(chosen) => onChange(chosen ?? "")}
          options={(field.choices ?? []).map((one) => ({ value: one, label: one }))}
          style={{ width: "100%" }}
        />
      );
    case "FORM_FIELD_KIND_YES_NO":
      return (
        <Segmented<string>
          value={value}
          onChange={onChange}
          options={[...(field.required ? [] : [{ value: "", label: t("work.notSaid") }]), { value: "true", label: t("choice.yesNo.yes") }, { value: "false", label: t("choice.yesNo.no") }]}
          aria-label={label}
        />
      );
    case "FORM_FIELD_KIND_DATE":
      return <Input {...common} type="date" onChange={(e) => onChange(e.target.value)} />;
    case "FORM_FIELD_KIND_NUMBER":
      return <Input {...common} inputMode="decimal" onChange={(e) => onChange(e.target.value)} />;
    case "FORM_FIELD_KIND_PHONE":
      return <Input {...common} inputMode="tel" onChange={(e) => onChange(e.target.value)} />;
    default:
      return <Input {...common} maxLength={maxLength(field)} onChange={(e) => onChange(e.target.value)} />;
  }
}

export function OwnFields({ form, change, fault, process }: PartProps) {
  const named = useNamed();
  const fields = process?.fields ?? [];
  if (fields.length === 0) return null;
  return (
    <div className="row own-fields">
      {fields.map((field) => {
        const id = field.fieldId ?? "";
        const label = named(field, id);
        return (
          <Field key={id} label={label} required={field.required ?? false} error={fault(`extra.${id}`)} className="third">
            {(control) => (
              <OwnControl field={field} label={label} control={control} value={form.extra[id] ?? ""} onChange={(value) => change({ extra: { ...form.extra, [id]: value } })} />
            )}
          </Field>
        );
      })}
    </div>
  );
}
