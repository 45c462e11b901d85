// The working calendar as a year of days (SLA-9). Days are text as 2026-10-01: no zone can shift them.
import type { Calendar, CalendarDay, Shift } from "@/api/configuration";
import type { Lines } from "./differences";

export type DayKind = "off" | "work" | "weekend" | "working";

const two = (n: number) => String(n).padStart(2, "0");
export const dayText = (year: number, month: number, day: number): string => `${year}-${two(month)}-${two(day)}`;
const utc = (day: string) => new Date(`${day}T00:00:00Z`);
export const isDay = (text: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(utc(text).getTime()) && utc(text).toISOString().slice(0, 10) === text;
export const plusDays = (day: string, n: number): string => new Date(utc(day).getTime() + n * 86_400_000).toISOString().slice(0, 10);
// 1 Monday to 7 Sunday.
export const weekdayOf = (day: string): number => ((utc(day).getUTCDay() + 6) % 7) + 1;

// The days of a month in weeks from Monday; "" before the first and after the last.
export function weeksOf(year: number, month: number): string[][] {
  const first = dayText(year, month, 1);
  const count = new Date(Date.UTC(year, month, 0)).getUTCDate();
  const cells = [...Array<string>(weekdayOf(first) - 1).fill(""), ...Array.from({ length: count }, (_, i) => dayText(year, month, i + 1))];
  while (cells.length % 7) cells.push("");
  return Array.from({ length: cells.length / 7 }, (_, w) => cells.slice(w * 7, w * 7 + 7));
}

export type DayMap = Map<string, CalendarDay>;
export const dayMap = (days: CalendarDay[] | undefined): DayMap => new Map((days ?? []).map((d) => [d.date ?? "", d]));

export function kindOf(day: string, days: DayMap, weekly: Calendar["weekly"]): DayKind {
  const named = days.get(day)?.kind;
  if (named === "off" || named === "work") return named;
  return weekly?.find((w) => w.weekday === weekdayOf(day))?.shifts?.length ? "working" : "weekend";
}

export const shiftText = (shifts: Shift[] | undefined): string => (shifts ?? []).map((s) => `${s.start}–${s.end}`).join("  ");

const MAX_SPAN = 366;
// Every day from one to the other, whichever comes first.
export function span(a: string, b: string): string[] {
  if (!isDay(a) || !isDay(b)) return [];
  const [from, to] = a <= b ? [a, b] : [b, a];
  const days: string[] = [];
  for (let day = from; day <= to && days.length < MAX_SPAN; day = plusDays(day, 1)) days.push(day);
  return days;
}

// A notice as people paste it: one day a line, "2027-01-01,off,元旦"; 休 and 班 are understood too. A line that says nothing
// useful is named by its number.
export function parseNotice(text: string): { days: CalendarDay[]; bad: number[] } {
  const days: CalendarDay[] = [];
  const bad: number[] = [];
  text.split(/\r?\n/).forEach((line, i) => {
    if (!line.trim() || /^date\s*,/i.test(line)) return;
    const [date = "", word = "", name = ""] = line.split(/[,，\t]/).map((cell) => cell.trim());
    const kind = /^(off|休|休息|放假)$/i.test(word) ? "off" : /^(work|班|上班|调休)$/i.test(word) ? "work" : "";
    if (!isDay(date) || !kind) bad.push(i + 1);
    else days.push({ date, kind, name });
  });
  return { days, bad };
}

// What is changed against what is there; a change back to what was is none.
export function withChange(changes: DayMap, day: CalendarDay, now: DayMap): DayMap {
  const next = new Map(changes);
  const there = now.get(day.date ?? "");
  if (there && there.kind === day.kind && (there.name ?? "") === (day.name ?? "")) next.delete(day.date ?? "");
  else next.set(day.date ?? "", day);
  return next;
}

export const sorted = (changes: DayMap): CalendarDay[] => [...changes.values()].sort((a, b) => ((a.date ?? "") < (b.date ?? "") ? -1 : 1));

export function calendarLines(calendar: Calendar, texts: { kind: (kind: string) => string; weekday: (n: number) => string; makeUp: string; rest: string }): Lines {
  return [
    ...(calendar.weekly ?? []).map((w): [string, string] => [texts.weekday(w.weekday ?? 0), shiftText(w.shifts) || texts.rest]),
    [texts.makeUp, shiftText(calendar.makeUp)],
    ...(calendar.days ?? []).map((d): [string, string] => [d.date ?? "", [texts.kind(d.kind ?? ""), d.name ?? ""].filter(Boolean).join(" · ")]),
  ];
}

export function workingDays(year: number, days: DayMap, weekly: Calendar["weekly"]): number {
  return span(dayText(year, 1, 1), dayText(year, 12, 31)).filter((day) => ["work", "working"].includes(kindOf(day, days, weekly))).length;
}
