// One clock of a policy: what starts and stops it, and its rules, of which the first that fits counts.
import { Button, Checkbox, Input, Select } from "antd";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import type { Rule, Step, Trigger } from "@/api/configuration";
import { Field } from "@/components/Field";
import { ALL_STATES } from "@/pages/ticket/actions";
import { CHANNELS, LIMIT_KINDS, TRIGGERS, TYPES, URGENCIES } from "./choices";
import { type Faults, moved, replaced, without } from "./faults";
import { LimitEditor } from "./LimitEditor";
import { NumberInput, RowButtons } from "./Parts";
import { limitText, NEW_RULE, type PolicyTexts, ruleFor, ruleMore } from "./policies";

// Trees of choices come beside the screen.
const CategoriesSelect = lazy(() => import("./CategoriesSelect"));

const MAX_RULES = 100;
const ONE_EXTENSION = { kind: "LIMIT_KIND_WORKING", amount: 1, unit: "LIMIT_UNIT_DAY" } as const;

function Many<T extends string>({ label, values, options, onChange, error, className, placeholder }: { label: string; values: T[] | undefined; options: { value: T; label: string }[]; onChange: (values: T[]) => void; error?: string | undefined; className?: string; placeholder?: string }) {
  return (
    <Field label={label} className={className ?? ""} error={error}>
      {(c) => <Select<T[]> id={c.id} {...(c.status ? { status: c.status } : {})} mode="multiple" allowClear value={values ?? []} onChange={onChange} options={options} optionFilterProp="label" placeholder={placeholder} style={{ width: "100%" }} />}
    </Field>
  );
}

function RuleEditor({ rule, at, faults, onChange }: { rule: Rule; at: string; faults: Faults; onChange: (part: Partial<Rule>) => void }) {
  const { t } = useTranslation();
  const any = t("config.policies.any");
  return (
    <div className="rule-editor">
      <div className="row">
        <Many className="rest" label={t("ticket.type")} values={rule.types} onChange={(types) => onChange({ types })} options={TYPES.map((value) => ({ value, label: t(`enum.type.${value}`) }))} placeholder={any} />
        <Field label={t("ticket.category")} className="rest">
          {(c) => (
            <Suspense fallback={<Input disabled id={c.id} />}>
              <CategoriesSelect id={c.id} label={t("ticket.category")} values={rule.categories ?? []} onChange={(categories) => onChange({ categories })} placeholder={any} />
            </Suspense>
          )}
        </Field>
      </div>
      <div className="row">
        <Many className="rest" label={t("ticket.urgency")} values={rule.urgencies} onChange={(urgencies) => onChange({ urgencies })} options={URGENCIES.map((value) => ({ value, label: t(`enum.urgency.${value}`) }))} placeholder={any} />
        <Many className="rest" label={t("ticket.channel")} values={rule.channels} onChange={(channels) => onChange({ channels })} options={CHANNELS.map((value) => ({ value, label: t(`enum.channel.${value}`) }))} placeholder={any} />
      </div>
      <LimitEditor label={t("config.policies.limit")} limit={rule.limit} faults={faults} at={`${at}.limit`} onChange={(limit) => onChange({ limit })} />
      <div className="row">
        <Field label={t("config.policies.warnPercent")} className="third" error={faults.at(`${at}.warnPercent`)}>
          {(c) => <NumberInput id={c.id} status={c.status} min={1} max={99} placeholder="80" value={rule.warnPercent || undefined} disabled={!!rule.warnBeforeMinutes} onChange={(warnPercent) => onChange({ warnPercent })} />}
        </Field>
        <Field label={t("config.policies.warnBefore")} className="third" error={faults.at(`${at}.warnBeforeMinutes`)}>
          {(c) => <NumberInput id={c.id} status={c.status} min={0} value={rule.warnBeforeMinutes || undefined} onChange={(warnBeforeMinutes) => onChange({ warnBeforeMinutes })} />}
        </Field>
        <Field label={t("config.policies.maxExtensions")} className="third" error={faults.at(`${at}.maxExtensions`)}>
          {(c) => <NumberInput id={c.id} status={c.status} min={0} max={10} placeholder="0" value={rule.maxExtensions} onChange={(maxExtensions) => onChange({ maxExtensions })} />}
        </Field>
        <div className="checks">
          <Checkbox checked={rule.statutory ?? false} onChange={(e) => onChange({ statutory: e.target.checked })}>
            {t("config.policies.statutory")}
          </Checkbox>
        </div>
      </div>
      {!!rule.maxExtensions && (
        <div className="row">
          <div className="checks">
            <Checkbox checked={!!rule.maxExtension} onChange={(e) => onChange({ maxExtension: e.target.checked ? ONE_EXTENSION : (undefined as never) })}>
              {t("config.policies.bounded")}
            </Checkbox>
          </div>
          {rule.maxExtension && <LimitEditor label={t("config.policies.maxExtension")} limit={rule.maxExtension} kinds={LIMIT_KINDS.filter((k) => k !== "LIMIT_KIND_NONE")} faults={faults} at={`${at}.maxExtension`} onChange={(maxExtension) => onChange({ maxExtension })} />}
        </div>
      )}
      <Field label={t("config.policies.basis")} error={faults.at(`${at}.basis`)}>
        {(c) => <Input id={c.id} status={c.status ?? ""} value={rule.basis ?? ""} maxLength={200} onChange={(e) => onChange({ basis: e.target.value })} />}
      </Field>
    </div>
  );
}

interface StepProps {
  step: Step;
  at: string; // of the step in the policy: "steps[2]"
  disabled: boolean;
  texts: PolicyTexts;
  faults: Faults;
  open: number | null; // the rule that is open
  onOpen: (rule: number | null) => void;
  onChange: (part: Partial<Step>) => void;
  onRemove: () => void;
}

function ClockFields({ step, at, disabled, texts, faults, onChange, onRemove }: Omit<StepProps, "open" | "onOpen">) {
  const { t } = useTranslation();
  const triggers = TRIGGERS.map((value) => ({ value, label: texts.trigger(value) }));
  const trigger = (name: "start" | "stop" | "pause" | "resume" | "reopen") => (
    <Many<Trigger> key={name} className="rest" label={t(`config.policies.${name}`)} values={step[name]} options={triggers} onChange={(values) => onChange({ [name]: values })} error={faults.at(`${at}.${name}`)} />
  );
  return (
    <fieldset className="rows-editor" disabled={disabled}>
      <legend>{t("config.policies.clock")}</legend>
      <div className="row">
        <Field label={t("admin.name")} className="rest" error={faults.at(`${at}.name`)}>
          {(c) => <Input id={c.id} status={c.status ?? ""} disabled={disabled} value={step.name ?? ""} maxLength={50} onChange={(e) => onChange({ name: e.target.value })} />}
        </Field>
        <Field label={t("admin.nameEn")} className="rest" error={faults.at(`${at}.nameEn`)}>
          {(c) => <Input id={c.id} status={c.status ?? ""} disabled={disabled} value={step.nameEn ?? ""} maxLength={50} onChange={(e) => onChange({ nameEn: e.target.value })} />}
        </Field>
        <Field label={t("config.id")} className="third" error={faults.at(`${at}.step`)}>
          {(c) => <Input id={c.id} className="mono" status={c.status ?? ""} disabled={disabled} value={step.step ?? ""} maxLength={32} onChange={(e) => onChange({ step: e.target.value })} />}
        </Field>
      </div>
      <div className="row">{(["start", "stop"] as const).map(trigger)}</div>
      <div className="row">{(["pause", "resume", "reopen"] as const).map(trigger)}</div>
      <Many label={t("config.policies.states")} values={step.states} options={ALL_STATES.map((value) => ({ value, label: texts.state(value) }))} onChange={(states) => onChange({ states })} error={faults.at(`${at}.states`)} placeholder={t("config.policies.anyState")} />
      {faults.at(at) && <div className="field-error" role="alert">{faults.at(at)}</div>}
      <div className="form-actions">
        <Checkbox disabled={disabled} checked={step.window ?? false} onChange={(e) => onChange({ window: e.target.checked })}>
          {t("config.policies.window")}
        </Checkbox>
        <span className="grow" />
        {!disabled && (
          <Button size="small" danger onClick={onRemove}>
            {t("config.policies.removeStep")}
          </Button>
        )}
      </div>
    </fieldset>
  );
}

export function StepEditor({ step, at, disabled, texts, faults, open, onOpen, onChange, onRemove }: StepProps) {
  const { t } = useTranslation();
  const rules = step.rules ?? [];
  return (
    <>
      <fieldset className="rows-editor" disabled={disabled}>
        <legend>{t("config.policies.rules")}</legend>
        <p className="quiet">{t("config.policies.rulesHint")}</p>
        <ol className="rules">
          {rules.map((rule, i) => {
            const fault = faults.under(`${at}.rules[${i}]`);
            return (
              <li key={i} className={fault ? "rule bad" : "rule"}>
                <div className="rule-line">
                  <button type="button" className="rule-summary" aria-expanded={open === i} disabled={disabled} onClick={() => onOpen(open === i ? null : i)}>
                    <span>{ruleFor(rule, texts)}</span>
                    <b>{limitText(rule.limit, texts)}</b>
                    <span className="quiet">{ruleMore(rule, texts)}</span>
                  </button>
                  {!disabled && <RowButtons name={String(i + 1)} at={i} count={rules.length} onMove={(to) => { onChange({ rules: moved(rules, i, to) }); onOpen(null); }} onRemove={() => { onChange({ rules: without(rules, i) }); onOpen(null); }} />}
                </div>
                {open !== i && fault && <div className="field-error" role="alert">{fault}</div>}
                {open === i && !disabled && <RuleEditor rule={rule} at={`${at}.rules[${i}]`} faults={faults} onChange={(part) => onChange({ rules: replaced(rules, i, part) })} />}
              </li>
            );
          })}
        </ol>
        {faults.at(`${at}.rules`) && <div className="field-error" role="alert">{faults.at(`${at}.rules`)}</div>}
        {!disabled && (
          <Button size="small" disabled={rules.length >= MAX_RULES} onClick={() => { onChange({ rules: [...rules, NEW_RULE] }); onOpen(rules.length); }}>
            {t("config.policies.addRule")}
          </Button>
        )}
      </fieldset>
      <ClockFields step={step} at={at} disabled={disabled} texts={texts} faults={faults} onChange={onChange} onRemove={onRemove} />
    </>
  );
}
