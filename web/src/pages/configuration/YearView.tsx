// A year at a glance: holidays, make-up workdays, weekends. Arrows move, Shift extends, as in a sheet.
import { type KeyboardEvent, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Calendar } from "@/api/configuration";
import { type DayMap, dayText, kindOf, plusDays, weeksOf } from "./calendar";

export interface Selection {
  anchor: string;
  focus: string;
}

const STEP: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

interface YearProps {
  year: number;
  calendar: Calendar;
  days: DayMap; // as they would be with the changes
  changed: DayMap;
  today: string;
  selection: Selection;
  onSelect: (selection: Selection) => void;
  onEdit: () => void; // Enter: on to what is done with the days
}

export function YearView({ year, calendar, days, changed, today, selection, onSelect, onEdit }: YearProps) {
  const { t } = useTranslation();
  const grid = useRef<HTMLDivElement>(null);
  const moved = useRef(false);
  const [from, to] = selection.anchor <= selection.focus ? [selection.anchor, selection.focus] : [selection.focus, selection.anchor];
  useEffect(() => {
    if (!moved.current) return;
    moved.current = false;
    grid.current?.querySelector<HTMLElement>(`[data-day="${selection.focus}"]`)?.focus();
  }, [selection]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter") {
      event.preventDefault();
      onEdit();
      return;
    }
    const step = STEP[event.key];
    if (!step) return;
    event.preventDefault();
    const focus = plusDays(selection.focus, step);
    if (!focus.startsWith(String(year))) return;
    moved.current = true;
    onSelect({ anchor: event.shiftKey ? selection.anchor : focus, focus });
  };
  const tabStop = selection.focus.startsWith(String(year)) ? selection.focus : dayText(year, 1, 1);
  return (
    <div className="year" ref={grid} onKeyDown={onKeyDown} role="group" aria-label={String(year)}>
      {Array.from({ length: 12 }, (_, m) => m + 1).map((month) => (
        <table key={month} className="month">
          <caption>{t(`config.month.${month}` as never) as string}</caption>
          <thead>
            <tr>
              {[1, 2, 3, 4, 5, 6, 7].map((n) => (
                <th key={n} scope="col">
                  {t(`config.weekdayShort.${n}` as never) as string}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {weeksOf(year, month).map((week, w) => (
              <tr key={w}>
                {week.map((day, i) => {
                  if (!day) return <td key={i} />;
                  const kind = kindOf(day, days, calendar.weekly);
                  const named = days.get(day);
                  const says = [day, t(`config.dayKind.${kind}`), named?.name ?? "", changed.has(day) ? t("config.calendar.changed") : ""].filter(Boolean).join(" ");
                  const classes = ["day", kind, changed.has(day) ? "pending" : "", day === today ? "today" : "", day >= from && day <= to ? "selected" : ""];
                  return (
                    <td key={i}>
                      <button
                        type="button"
                        className={classes.filter(Boolean).join(" ")}
                        data-day={day}
                        tabIndex={day === tabStop ? 0 : -1}
                        aria-label={says}
                        aria-pressed={day >= from && day <= to}
                        title={says}
                        onClick={(event) => onSelect({ anchor: event.shiftKey ? selection.anchor : day, focus: day })}
                      >
                        {Number(day.slice(8))}
                        {kind === "off" && <i aria-hidden="true">{t("config.calendar.offMark")}</i>}
                        {kind === "work" && <i aria-hidden="true">{t("config.calendar.workMark")}</i>}
                      </button>
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      ))}
    </div>
  );
}
