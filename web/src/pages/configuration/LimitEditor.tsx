// A length of time in the city's terms.
import { Checkbox, Input, Select } from "antd";
import { useTranslation } from "react-i18next";
import type { Limit } from "@/api/configuration";
import { Field } from "@/components/Field";
import { LIMIT_KINDS, LIMIT_UNITS } from "./choices";
import type { Faults } from "./faults";
import { NumberInput } from "./Parts";
import { limitOfKind, OUTSIDE_DEFAULT } from "./policies";

export function LimitEditor({ label, limit, kinds = LIMIT_KINDS, faults, at, onChange }: { label: string; limit: Limit | undefined; kinds?: typeof LIMIT_KINDS; faults: Faults; at: string; onChange: (limit: Limit) => void }) {
  const { t } = useTranslation();
  const kind = limit?.kind ?? "LIMIT_KIND_NONE";
  const counted = kind === "LIMIT_KIND_NATURAL" || kind === "LIMIT_KIND_WORKING";
  return (
    <div className="row limit-editor">
      <Field label={label} className="kind" error={faults.at(`${at}.kind`) ?? faults.at(at)}>
        {(c) => <Select id={c.id} {...(c.status ? { status: c.status } : {})} value={kind} onChange={(next) => onChange(limitOfKind(limit, next))} options={kinds.map((value) => ({ value, label: t(`config.limitKind.${value}` as never) as string }))} style={{ width: "100%" }} />}
      </Field>
      {counted && (
        <>
          <Field label={t("config.policies.amount")} className="amount" error={faults.at(`${at}.amount`)}>
            {(c) => <NumberInput id={c.id} status={c.status} min={1} max={100000} value={limit?.amount} onChange={(amount) => onChange({ ...limit, amount })} />}
          </Field>
          <Field label={t("config.policies.unit")} className="unit" error={faults.at(`${at}.unit`)}>
            {(c) => <Select id={c.id} {...(c.status ? { status: c.status } : {})} value={limit?.unit ?? "LIMIT_UNIT_DAY"} onChange={(unit) => onChange({ ...limit, unit })} options={LIMIT_UNITS.map((value) => ({ value, label: t(`config.limitUnit.${value}` as never) as string }))} style={{ width: "100%" }} />}
          </Field>
        </>
      )}
      {kind === "LIMIT_KIND_WORKING" && limit?.unit === "LIMIT_UNIT_DAY" && (
        <div className="checks">
          <Checkbox checked={limit.sameTime ?? false} onChange={(e) => onChange({ ...limit, sameTime: e.target.checked })}>
            {t("config.policies.sameTime")}
          </Checkbox>
        </div>
      )}
      {kind === "LIMIT_KIND_SAME_WORKING_DAY" && (
        <Field label={t("config.policies.outsideBy")} className="amount" error={faults.at(`${at}.outsideBy`)}>
          {(c) => <Input id={c.id} type="time" status={c.status ?? ""} value={limit?.outsideBy || OUTSIDE_DEFAULT} onChange={(e) => onChange({ ...limit, outsideBy: e.target.value })} />}
        </Field>
      )}
    </div>
  );
}
