// How long until a limit, for people: lights are computed from due and warn time, because the light a ticket carries is
// only as fresh as the last event about it.
import type { Limit, LimitLight, Ticket } from "@/api/types";

export type Light = "none" | "green" | "yellow" | "red";

export interface Parts {
  late: boolean;
  days: number;
  hours: number;
  minutes: number;
  seconds: number;
}

export function parts(dueMs: number, nowMs: number): Parts {
  const late = nowMs >= dueMs;
  let rest = Math.floor(Math.abs(dueMs - nowMs) / 1000);
  const days = Math.floor(rest / 86400);
  rest -= days * 86400;
  const hours = Math.floor(rest / 3600);
  rest -= hours * 3600;
  const minutes = Math.floor(rest / 60);
  return { late, days, hours, minutes, seconds: rest - minutes * 60 };
}

// The two largest units that say something: days with hours, hours with minutes, minutes, seconds.
export function timeLeftKey(p: Parts): { unit: "days" | "hours" | "minutes" | "seconds"; a: number; b: number } {
  if (p.days > 0) return { unit: "days", a: p.days, b: p.hours };
  if (p.hours > 0) return { unit: "hours", a: p.hours, b: p.minutes };
  if (p.minutes > 0) return { unit: "minutes", a: p.minutes, b: p.seconds };
  return { unit: "seconds", a: p.seconds, b: 0 };
}

export function lightOfName(light: LimitLight | undefined): Light {
  switch (light) {
    case "LIMIT_LIGHT_GREEN":
      return "green";
    case "LIMIT_LIGHT_YELLOW":
      return "yellow";
    case "LIMIT_LIGHT_RED":
      return "red";
    default:
      return "none";
  }
}

export function lightOf(limit: Limit, nowMs: number): Light {
  const due = limit.dueTime ? Date.parse(limit.dueTime) : NaN;
  if (Number.isNaN(due)) return lightOfName(limit.light);
  if (nowMs >= due) return "red";
  const warn = limit.warnTime ? Date.parse(limit.warnTime) : NaN;
  if (!Number.isNaN(warn) && nowMs >= warn) return "yellow";
  return "green";
}

const RANK: Record<Light, number> = { none: 0, green: 1, yellow: 2, red: 3 };

// The clock that runs out first, and the worst light of all clocks.
export function mostPressing(ticket: Pick<Ticket, "limits" | "light">, nowMs: number): { limit?: Limit; light: Light } {
  let limit: Limit | undefined;
  let light: Light = "none";
  for (const one of ticket.limits ?? []) {
    const l = lightOf(one, nowMs);
    if (RANK[l] > RANK[light]) light = l;
    if (!one.dueTime) continue;
    if (!limit?.dueTime || Date.parse(one.dueTime) < Date.parse(limit.dueTime)) limit = one;
  }
  if (!ticket.limits?.length) light = lightOfName(ticket.light);
  return { limit, light };
}
