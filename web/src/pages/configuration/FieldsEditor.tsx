// The fields a type's form has beside the built-in ones.
import { Button, Checkbox, Input, Select } from "antd";
import { useTranslation } from "react-i18next";
import type { FormField } from "@/api/configuration";
import { Field } from "@/components/Field";
import { FIELD_KINDS } from "./choices";
import { type Faults, moved, replaced, without } from "./faults";
import { NumberInput, RowButtons } from "./Parts";
import { NEW_FIELD, withKind } from "./processes";

const MAX_FIELDS = 50;

export function FieldsEditor({ fields, disabled, faults, onChange }: { fields: FormField[]; disabled: boolean; faults: Faults; onChange: (fields: FormField[]) => void }) {
  const { t } = useTranslation();
  return (
    <fieldset className="rows-editor" disabled={disabled}>
      <legend>{t("config.forms.ownFields")}</legend>
      {fields.length > 0 && (
        <div className="field-row head" aria-hidden="true">
          <span>{t("config.forms.fieldName")}</span>
          <span>{t("admin.nameEn")}</span>
          <span>{t("config.id")}</span>
          <span>{t("config.forms.kind")}</span>
          <span>{t("config.forms.detail")}</span>
          <span>{t("config.forms.must")}</span>
          <span />
        </div>
      )}
      {fields.map((field, i) => {
        const set = (part: Partial<FormField>) => onChange(replaced(fields, i, part));
        const at = `fields[${i}]`;
        const name = field.name || String(i + 1);
        return (
          <div className="field-row" key={i} data-row={i}>
            <Field label="" error={faults.at(`${at}.name`)}>
              {(c) => <Input id={c.id} status={c.status ?? ""} disabled={disabled} value={field.name ?? ""} maxLength={50} aria-label={`${t("config.forms.fieldName")} ${i + 1}`} onChange={(e) => set({ name: e.target.value })} />}
            </Field>
            <Field label="" error={faults.at(`${at}.nameEn`)}>
              {(c) => <Input id={c.id} status={c.status ?? ""} disabled={disabled} value={field.nameEn ?? ""} maxLength={100} aria-label={`${t("admin.nameEn")} ${i + 1}`} onChange={(e) => set({ nameEn: e.target.value })} />}
            </Field>
            <Field label="" error={faults.at(`${at}.fieldId`)}>
              {(c) => <Input id={c.id} className="mono" status={c.status ?? ""} disabled={disabled} value={field.fieldId ?? ""} maxLength={64} aria-label={`${t("config.id")} ${i + 1}`} onChange={(e) => set({ fieldId: e.target.value })} />}
            </Field>
            <Field label="" error={faults.at(`${at}.kind`)}>
              {(c) => <Select id={c.id} disabled={disabled} value={field.kind ?? "FORM_FIELD_KIND_TEXT"} aria-label={`${t("config.forms.kind")} ${i + 1}`} onChange={(kind) => onChange(fields.map((f, n) => (n === i ? withKind(f, kind) : f)))} options={FIELD_KINDS.map((value) => ({ value, label: t(`config.kind.${value}` as never) as string }))} style={{ width: "100%" }} />}
            </Field>
            <Field label="" error={faults.under(`${at}.choices`) ?? faults.at(`${at}.maxLength`)}>
              {(c) =>
                field.kind === "FORM_FIELD_KIND_CHOICE" ? (
                  <Select id={c.id} {...(c.status ? { status: c.status } : {})} disabled={disabled} mode="tags" open={false} suffixIcon={null} placeholder={t("config.forms.choices")} aria-label={`${t("config.forms.choices")} ${i + 1}`} value={field.choices ?? []} onChange={(choices: string[]) => set({ choices })} style={{ width: "100%" }} />
                ) : field.kind === "FORM_FIELD_KIND_TEXT" ? (
                  <NumberInput id={c.id} status={c.status} disabled={disabled} min={0} max={1000} value={field.maxLength || undefined} placeholder={t("config.forms.maxLength")} label={`${t("config.forms.maxLength")} ${i + 1}`} onChange={(maxLength) => set({ maxLength })} />
                ) : (
                  <span />
                )
              }
            </Field>
            <Checkbox disabled={disabled} checked={field.required ?? false} aria-label={`${t("config.forms.must")}: ${name}`} onChange={(e) => set({ required: e.target.checked })} />
            {disabled ? <span /> : <RowButtons name={name} at={i} count={fields.length} onMove={(to) => onChange(moved(fields, i, to))} onRemove={() => onChange(without(fields, i))} />}
          </div>
        );
      })}
      {fields.length === 0 && <p className="quiet">{t("config.forms.noFields")}</p>}
      {faults.at("fields") && <div className="field-error" role="alert">{faults.at("fields")}</div>}
      {!disabled && (
        <Button size="small" disabled={fields.length >= MAX_FIELDS} onClick={() => onChange([...fields, NEW_FIELD])}>
          {t("config.forms.addField")}
        </Button>
      )}
    </fieldset>
  );
}
