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

function Day({ day, tabStop, ...p }: YearProps & { day: string; tabStop: string }) {
  const { t } = useTranslation();
  const { anchor, focus } = p.selection;
  const [from, to] = anchor <= focus ? [anchor, focus] : [focus, anchor];
  const kind = kindOf(day, p.days, p.calendar.weekly);
  const pending = p.changed.has(day);
  const selected = day >= from && day <= to;
  const says = [day, t(`config.dayKind.${kind}`), p.days.get(day)?.name ?? "", pending ? t("config.calendar.changed") : ""].filter(Boolean).join(" ");
  const classes = ["day", kind, pending ? "pending" : "", day === p.today ? "today" : "", selected ? "selected" : ""];
  return (
    <button
      type="button"
      className={classes.filter(Boolean).join(" ")}
      data-day={day}
      tabIndex={day === tabStop ? 0 : -1}
      aria-label={says}
      aria-pressed={selected}
      title={says}
      onClick={(event) => p.onSelect({ anchor: event.shiftKey ? anchor : day, focus: day })}
    >
      {Number(day.slice(8))}
      {kind === "off" && <i aria-hidden="true">{t("config.calendar.offMark")}</i>}
      {kind === "work" && <i aria-hidden="true">{t("config.calendar.workMark")}</i>}
    </button>
  );
}

function Month({ month, tabStop, ...p }: YearProps & { month: number; tabStop: string }) {
  const { t } = useTranslation();
  return (
    <table className="month">
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
        {weeksOf(p.year, month).map((week, w) => (
          <tr key={w}>
            {week.map((day, i) => (
              <td key={i}>{day && <Day {...p} day={day} tabStop={tabStop} />}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function YearView(props: YearProps) {
  const { year, selection, onSelect, onEdit } = props;
  const grid = useRef<HTMLDivElement>(null);
  const moved = useRef(false);
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
      {Array.from({ length: 12 }, (_, m) => (
        <Month key={m} {...props} month={m + 1} tabStop={tabStop} />
      ))}
    </div>
  );
}
