// How many open clocks of each step and light there are: one tile a step, whose lights are the filter.
import { useTranslation } from "react-i18next";
import type { ClockLight } from "@/api/types";
import { LightDot } from "@/components/Status";
import type { Filter } from "./filters";
import type { StepCount } from "./openClocks";

const LIGHT_OF: Record<"red" | "yellow" | "green", ClockLight> = { red: "CLOCK_LIGHT_RED", yellow: "CLOCK_LIGHT_YELLOW", green: "CLOCK_LIGHT_GREEN" };

export function useStepName(): (step: string | undefined) => string {
  const { t, i18n } = useTranslation();
  return (step) => (step && i18n.exists(`enum.step.${step}`) ? (t(`enum.step.${step}` as never) as string) : (step ?? ""));
}

export function Tiles({ counts, filter, onChange }: { counts: StepCount[]; filter: Filter; onChange: (filter: Filter) => void }) {
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
