// The supervision desk's filters: what is asked of the service, what is left out here, and the ones kept on this machine.
import type { Limit, LimitLight, ListTicketsRequest, Ticket } from "@/api/types";
import { OPEN_STATES } from "@/pages/ticket/actions";

export const STEPS = ["dispatch", "sign", "return", "reply", "callback"];
export const LIGHTS: LimitLight[] = ["LIMIT_LIGHT_RED", "LIMIT_LIGHT_YELLOW", "LIMIT_LIGHT_GREEN"];
const KEY = "hotline.supervision.filters";
const MAX_SAVED = 20;
const MAX_NAME = 30;

export interface Filter {
  light: LimitLight | "";
  step: string;
  unitId: string;
}
export const NO_FILTER: Filter = { light: "", step: "", unitId: "" };

export interface Saved {
  name: string;
  filter: Filter;
}

export function requestOf(filter: Filter): ListTicketsRequest {
  return { states: OPEN_STATES, orderBy: "due_time", ...(filter.light ? { light: filter.light } : {}), ...(filter.unitId ? { unitId: filter.unitId } : {}) };
}

export function clocksOf(ticket: Pick<Ticket, "limits">, step: string): Limit[] {
  return (ticket.limits ?? []).filter((limit) => !step || limit.step === step);
}

export function readSaved(): Saved[] {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "[]") as Saved[];
    return Array.isArray(kept) ? kept.filter((one) => typeof one.name === "string" && one.filter).slice(0, MAX_SAVED) : [];
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
