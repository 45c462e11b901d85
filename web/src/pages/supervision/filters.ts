// The supervision desk's filters, and the ones kept on this machine.
import type { ClockLight, Urgency } from "@/api/types";

export const STEPS = ["dispatch", "sign", "return", "reply", "callback"];
export const LIGHTS: ClockLight[] = ["CLOCK_LIGHT_RED", "CLOCK_LIGHT_YELLOW", "CLOCK_LIGHT_GREEN"];
export const LEVELS = [1, 2, 3, 4, 5];
const KEY = "hotline.supervision.filters.2";
const MAX_SAVED = 20;
const MAX_NAME = 30;

export interface Filter {
  light: ClockLight | "";
  step: string;
  unitId: string;
  areaCode: string;
  urgency: Urgency | "";
  level: number; // so many rungs of the ladder, or more
}
export const NO_FILTER: Filter = { light: "", step: "", unitId: "", areaCode: "", urgency: "", level: 0 };

export interface Saved {
  name: string;
  filter: Filter;
}

export function readSaved(): Saved[] {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "[]") as Saved[];
    return Array.isArray(kept) ? kept.filter((one) => typeof one.name === "string" && one.filter).map((one) => ({ name: one.name, filter: { ...NO_FILTER, ...one.filter } })).slice(0, MAX_SAVED) : [];
  } catch {
    return [];
  }
}

// The same name replaces; the oldest go when there are too many.
export function withSaved(list: Saved[], name: string, filter: Filter): Saved[] {
  const short = name.trim().slice(0, MAX_NAME);
  if (!short) return list;
  return [...list.filter((one) => one.name !== short), { name: short, filter }].slice(-MAX_SAVED);
}

export function writeSaved(list: Saved[]): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(list));
  } catch {
    // they then last as long as the page
  }
}
