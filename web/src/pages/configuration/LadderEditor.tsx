// The ladder of measures that an overdue clock leads to (SLA-8).
import { useQuery } from "@tanstack/react-query";
import { Button, Checkbox, Input, Select } from "antd";
import { useTranslation } from "react-i18next";
import { listTemplates, type Rung } from "@/api/configuration";
import { Field } from "@/components/Field";
import { useNamed } from "@/lib/catalogue";
import { MEASURES } from "@/pages/ticket/forms";
import { ADDRESSEES } from "./choices";
import { type Faults, moved, replaced, without } from "./faults";
import { LimitEditor } from "./LimitEditor";
import { RowButtons } from "./Parts";
import { NEW_RUNG } from "./policies";

const MAX_RUNGS = 10;

export function LadderEditor({ ladder, disabled, faults, onChange }: { ladder: Rung[]; disabled: boolean; faults: Faults; onChange: (ladder: Rung[]) => void }) {
  const { t } = useTranslation();
  const named = useNamed();
  const templates = useQuery({ queryKey: ["documentTemplates"], queryFn: listTemplates });
  return (
    <fieldset className="rows-editor" disabled={disabled}>
      <legend>{t("config.policies.ladder")}</legend>
      <p className="quiet">{t("config.policies.ladderHint")}</p>
      <ol className="rules">
        {ladder.map((rung, i) => {
          const at = `ladder[${i}]`;
          const set = (part: Partial<Rung>) => onChange(replaced(ladder, i, part));
          return (
            <li key={i} className={faults.under(at) ? "rule bad" : "rule"}>
              <div className="row">
                <Field label={t("config.policies.measure")} className="third" error={faults.at(`${at}.measure`)}>
                  {(c) => <Select id={c.id} {...(c.status ? { status: c.status } : {})} disabled={disabled} value={rung.measure || null} onChange={(measure) => set({ measure })} options={MEASURES.map((value) => ({ value, label: t(`choice.measure.${value}` as never) as string }))} style={{ width: "100%" }} />}
                </Field>
                <Field label={t("admin.name")} className="third" error={faults.at(`${at}.name`)}>
                  {(c) => <Input id={c.id} status={c.status ?? ""} disabled={disabled} value={rung.name ?? ""} maxLength={50} onChange={(e) => set({ name: e.target.value })} />}
                </Field>
                <Field label={t("admin.nameEn")} className="third" error={faults.at(`${at}.nameEn`)}>
                  {(c) => <Input id={c.id} status={c.status ?? ""} disabled={disabled} value={rung.nameEn ?? ""} maxLength={50} onChange={(e) => set({ nameEn: e.target.value })} />}
                </Field>
                {!disabled && <RowButtons name={rung.name || String(i + 1)} at={i} count={ladder.length} onMove={(to) => onChange(moved(ladder, i, to))} onRemove={() => onChange(without(ladder, i))} />}
              </div>
              <div className="row">
                <div className="checks">
                  <Checkbox disabled={disabled} checked={!rung.after} onChange={(e) => set({ after: e.target.checked ? (undefined as never) : NEW_RUNG.after! })}>
                    {t("config.policies.atOnce")}
                  </Checkbox>
                </div>
                {rung.after && <LimitEditor label={t("config.policies.after")} limit={rung.after} kinds={["LIMIT_KIND_WORKING", "LIMIT_KIND_NATURAL"]} faults={faults} at={`${at}.after`} onChange={(after) => set({ after })} />}
              </div>
              <div className="row">
                <Field label={t("config.policies.addressees")} className="rest" error={faults.under(`${at}.addressees`)}>
                  {(c) => <Select<string[]> id={c.id} mode="multiple" disabled={disabled} value={rung.addressees ?? []} onChange={(addressees) => set({ addressees })} options={ADDRESSEES.map((value) => ({ value, label: t(`choice.addressee.${value}`) }))} style={{ width: "100%" }} />}
                </Field>
                <Field label={t("config.policies.document")} className="third" error={faults.at(`${at}.document`)}>
                  {(c) => <Select id={c.id} allowClear disabled={disabled} value={rung.document || null} placeholder={t("config.none")} onChange={(document) => set({ document: document ?? "" })} options={(templates.data?.templates ?? []).map((one) => ({ value: one.templateId ?? "", label: named(one, one.templateId) }))} style={{ width: "100%" }} />}
                </Field>
              </div>
            </li>
          );
        })}
      </ol>
      {ladder.length === 0 && <p className="quiet">{t("config.policies.noLadder")}</p>}
      {faults.at("ladder") && <div className="field-error" role="alert">{faults.at("ladder")}</div>}
      {!disabled && (
        <Button size="small" disabled={ladder.length >= MAX_RUNGS} onClick={() => onChange([...ladder, NEW_RUNG])}>
          {t("config.policies.addRung")}
        </Button>
      )}
    </fieldset>
  );
}
