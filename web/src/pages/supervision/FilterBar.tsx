// Filters of the supervision desk, and chips of those that are kept. In a chunk of its own.
import { Button, Input, Segmented, Select } from "antd";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ClockLight, Urgency } from "@/api/types";
import { AreaSelect, UnitSelect } from "@/components/LazySelects";
import { URGENCIES } from "@/components/TicketFields";
import { MEASURES } from "@/pages/ticket/forms";
import { useStepName } from "./Tiles";
import { type Filter, LEVELS, LIGHTS, readSaved, type Saved, withSaved, writeSaved } from "./filters";

interface Props {
  filter: Filter;
  onChange: (filter: Filter) => void;
}

function Chips({ filter, onChange, before }: Props & { before: ReactNode }) {
  const { t } = useTranslation();
  const [saved, setSaved] = useState<Saved[]>(readSaved);
  const [name, setName] = useState("");
  const keep = (list: Saved[]) => {
    setSaved(list);
    writeSaved(list);
  };
  return (
    <div className="filters chips" role="group" aria-label={t("supervision.saved")}>
      {before}
      {saved.map((one) => (
        <span key={one.name} className="chip">
          <Button size="small" type={JSON.stringify(one.filter) === JSON.stringify(filter) ? "primary" : "default"} onClick={() => onChange(one.filter)}>
            {one.name}
          </Button>
          <Button size="small" type="text" aria-label={t("supervision.remove", { name: one.name })} onClick={() => keep(saved.filter((s) => s !== one))}>
            ×
          </Button>
        </span>
      ))}
      <Input size="small" value={name} maxLength={30} onChange={(e) => setName(e.target.value)} placeholder={t("supervision.name")} aria-label={t("supervision.name")} style={{ width: 140 }} />
      <Button
        size="small"
        disabled={!name.trim()}
        onClick={() => {
          keep(withSaved(saved, name, filter));
          setName("");
        }}
      >
        {t("supervision.save")}
      </Button>
    </div>
  );
}

export function FilterBar({ filter, onChange, steps, children }: Props & { steps: string[]; children: ReactNode }) {
  const { t } = useTranslation();
  const stepName = useStepName();
  return (
    <>
      <div className="filters" role="search" aria-label={t("tickets.filters")}>
        <Segmented<ClockLight | "">
          value={filter.light}
          onChange={(light) => onChange({ ...filter, light })}
          options={[{ value: "", label: t("supervision.all") }, ...LIGHTS.map((value) => ({ value, label: t(`enum.light.${value.replace("CLOCK", "LIMIT")}` as never) as string }))]}
          aria-label={t("supervision.light")}
        />
        <Segmented<string>
          value={filter.step}
          onChange={(step) => onChange({ ...filter, step })}
          options={[{ value: "", label: t("supervision.all") }, ...steps.map((value) => ({ value, label: stepName(value) }))]}
          aria-label={t("supervision.step")}
        />
        <span style={{ width: 180 }}>
          <UnitSelect value={filter.unitId} onChange={(unitId) => onChange({ ...filter, unitId })} label={t("supervision.unit")} placeholder={t("supervision.unit")} />
        </span>
        <span style={{ width: 130 }}>
          <AreaSelect value={filter.areaCode} onChange={(areaCode) => onChange({ ...filter, areaCode })} label={t("ticket.area")} placeholder={t("ticket.area")} />
        </span>
        <Select<number | null>
          allowClear
          value={filter.level || null}
          onChange={(level) => onChange({ ...filter, level: level ?? 0 })}
          options={LEVELS.map((value) => ({ value, label: t("work.fromLevel", { measure: t(`choice.measure.${MEASURES[value - 1] ?? "talk"}` as never) as string }) }))}
          placeholder={t("work.level")}
          aria-label={t("work.level")}
          style={{ width: 150 }}
        />
        <Select<Urgency | null>
          allowClear
          value={filter.urgency || null}
          onChange={(urgency) => onChange({ ...filter, urgency: urgency ?? "" })}
          options={URGENCIES.map((value) => ({ value, label: t(`enum.urgency.${value}`) }))}
          placeholder={t("ticket.urgency")}
          aria-label={t("ticket.urgency")}
          style={{ width: 110 }}
        />
      </div>
      <Chips filter={filter} onChange={onChange} before={children} />
    </>
  );
}
