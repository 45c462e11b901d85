// The open clocks of the supervision desk: what is asked of the service, and each with the ticket it belongs to.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { batchGetTickets, listClocks, summariseClocks } from "@/api/work";
import type { Clock, ClockCount, ClockLight, ClockSummaryRequest, ListClocksRequest, Ticket, Unit } from "@/api/types";
import { num } from "@/lib/format";
import type { Light } from "@/lib/timeLeft";
import { compact } from "@/lib/tickets";
import type { Filter } from "./filters";

const PAGE = 100;
const AGAIN_MS = 15_000; // the words of the time left are as of the answer

export interface Row {
  clock: Clock;
  ticket: Ticket | undefined; // absent: it may not be seen, or was not read yet
}

// What listing and counting have in common.
export function askOf(filter: Filter, units: Pick<Unit, "unitId" | "path">[]): ClockSummaryRequest {
  const path = units.find((one) => one.unitId === filter.unitId)?.path;
  return compact({
    step: filter.step,
    unitPath: path ?? "",
    areaCode: filter.areaCode,
    ...(filter.urgency ? { urgency: filter.urgency } : {}),
    ...(filter.level ? { minEscalationLevel: filter.level } : {}),
  });
}

export const lightOfClock = (light: ClockLight | undefined): Light =>
  light === "CLOCK_LIGHT_RED" ? "red" : light === "CLOCK_LIGHT_YELLOW" ? "yellow" : light === "CLOCK_LIGHT_GREEN" ? "green" : "none";

export function useClocks(ask: ClockSummaryRequest, light: ClockLight | "") {
  const asked: ListClocksRequest = { ...ask, ...(light ? { light } : {}) };
  const query = useInfiniteQuery({
    queryKey: ["clocks", asked],
    queryFn: async ({ pageParam, signal }) => {
      const page = await listClocks(compact({ ...asked, pageSize: PAGE, pageToken: pageParam }), signal);
      const clocks = page.clocks ?? [];
      const tickets = await batchGetTickets([...new Set(clocks.map((one) => one.ticketId ?? ""))], signal);
      const byId = new Map(tickets.map((one) => [one.ticketId ?? "", one]));
      const rows: Row[] = clocks.map((clock) => ({ clock, ticket: byId.get(clock.ticketId ?? "") }));
      return { rows, next: page.nextPageToken ?? "" };
    },
    initialPageParam: "",
    getNextPageParam: (last) => last.next || undefined,
    refetchInterval: AGAIN_MS,
  });
  return { query, rows: query.data?.pages.flatMap((page) => page.rows) };
}

export interface StepCount {
  step: string;
  red: number;
  yellow: number;
  green: number;
  paused: number;
}

// By step, those with the most red first.
export function byStep(counts: ClockCount[]): StepCount[] {
  const steps = new Map<string, StepCount>();
  for (const one of counts) {
    const step = one.step ?? "";
    const sum = steps.get(step) ?? { step, red: 0, yellow: 0, green: 0, paused: 0 };
    const light = lightOfClock(one.light);
    if (light !== "none") sum[light] += num(one.count);
    sum.paused += num(one.paused);
    steps.set(step, sum);
  }
  return [...steps.values()].sort((a, b) => b.red - a.red || b.yellow - a.yellow || a.step.localeCompare(b.step));
}

export function useSummary(ask: ClockSummaryRequest) {
  return useQuery({ queryKey: ["clocks", "summary", ask], queryFn: async ({ signal }) => byStep((await summariseClocks(ask, signal)).counts ?? []), refetchInterval: AGAIN_MS });
}
