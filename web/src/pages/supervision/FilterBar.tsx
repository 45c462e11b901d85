// Filters of the supervision desk as chips that can be kept, and how many clocks of each step and light there are.
import { Button, Input, Segmented, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ClockLight, Urgency } from "@/api/types";
import { AreaSelect, UnitSelect } from "@/components/Selects";
import { LightDot } from "@/components/Status";
import { URGENCIES } from "@/components/TicketFields";
import { MEASURES } from "@/pages/ticket/forms";
import type { StepCount } from "./openClocks";
import { type Filter, LEVELS, LIGHTS, readSaved, type Saved, withSaved, writeSaved } from "./filters";

interface Props {
  filter: Filter;
  onChange: (filter: Filter) => void;
}

const LIGHT_OF: Record<"red" | "yellow" | "green", ClockLight> = { red: "CLOCK_LIGHT_RED", yellow: "CLOCK_LIGHT_YELLOW", green: "CLOCK_LIGHT_GREEN" };

export function useStepName(): (step: string | undefined) => string {
  const { t, i18n } = useTranslation();
  return (step) => (step && i18n.exists(`enum.step.${step}`) ? (t(`enum.step.${step}` as never) as string) : (step ?? ""));
}

// One tile a step: its lights are the filter.
export function Tiles({ counts, filter, onChange }: Props & { counts: StepCount[] }) {
  const { t } = useTranslation();
  const stepName = useStepName();
  return (
    <div className="tiles" role="group" aria-label={t("work.byStep")}>
      {counts.map((one) => (
        <div key={one.step} className={`tile ${filter.step === one.step ? "on" : ""}`}>
          <button type="button" className="tile-name" aria-pressed={filter.step === one.step} onClick={() => onChange({ ...filter, step: filter.step === one.step ? "" : one.step, light: "" })}>
            {stepName(one.step)}
          </button>
          {(["red", "yellow", "green"] as const).map((light) => (
            <button
              key={light}
              type="button"
              className={`tile-count limit-${light}`}
              aria-pressed={filter.step === one.step && filter.light === LIGHT_OF[light]}
              aria-label={`${stepName(one.step)} ${t(`light.${light}`)} ${one[light]}`}
              onClick={() => onChange({ ...filter, step: one.step, light: LIGHT_OF[light] })}
            >
              <LightDot light={light} />
              {one[light]}
            </button>
          ))}
          {one.paused > 0 && <span className="quiet">{t("work.pausedCount", { count: one.paused })}</span>}
        </div>
      ))}
    </div>
  );
}

function Chips({ filter, onChange }: Props) {
  const { t } = useTranslation();
  const [saved, setSaved] = useState<Saved[]>(readSaved);
  const [name, setName] = useState("");
  const keep = (list: Saved[]) => {
    setSaved(list);
    writeSaved(list);
  };
  return (
    <div className="filters chips" role="group" aria-label={t("supervision.saved")}>
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

export function FilterBar({ filter, onChange, steps }: Props & { steps: string[] }) {
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
      <Chips filter={filter} onChange={onChange} />
    </>
  );
}
