// The time left to limits in the city's own words ("剩余 1 个工作日 3 小时", SLA-10). The service of clocks says it, because
// only it knows the calendar; it is asked once for all the tickets that a screen shows.
import { useQuery } from "@tanstack/react-query";
import { listClocks } from "@/api/work";
import type { Clock } from "@/api/types";
import { serverNow } from "@/lib/clock";

export type ClockTexts = Record<string, { zh: string; en: string }>; // by clock
export interface Told {
  texts: ClockTexts;
  atMs: number; // when they were told
}

const GATHER_MS = 20; // those who ask within it share a request
const MAX_TICKETS = 50; // the service's limit of one request
const MAX_CLOCKS = 200; // likewise: more than as many tickets have open
const FRESH_MS = 60_000; // the words count minutes at the finest
const LAST_MS = 2 * FRESH_MS; // seconds count from here
const NOTHING: Told = { texts: {}, atMs: 0 };

interface Waiting {
  resolve: (texts: ClockTexts) => void;
  reject: (error: unknown) => void;
}

export function gatherer(ask: (ticketIds: string[]) => Promise<Clock[]>, gatherMs = GATHER_MS): (ticketId: string) => Promise<ClockTexts> {
  let waiting = new Map<string, Waiting[]>();
  const send = async (those: [string, Waiting[]][]) => {
    try {
      const texts = new Map<string, ClockTexts>();
      for (const clock of await ask(those.map(([id]) => id))) {
        if (!clock.ticketId || !clock.clockId) continue;
        const of = texts.get(clock.ticketId) ?? {};
        of[clock.clockId] = { zh: clock.timeLeftText ?? "", en: clock.timeLeftTextEn ?? "" };
        texts.set(clock.ticketId, of);
      }
      for (const [id, all] of those) for (const one of all) one.resolve(texts.get(id) ?? {});
    } catch (error) {
      for (const [, all] of those) for (const one of all) one.reject(error);
    }
  };
  const flush = () => {
    const all = [...waiting];
    waiting = new Map();
    for (let i = 0; i < all.length; i += MAX_TICKETS) void send(all.slice(i, i + MAX_TICKETS));
  };
  return (ticketId) =>
    new Promise((resolve, reject) => {
      if (waiting.size === 0) setTimeout(flush, gatherMs);
      waiting.set(ticketId, [...(waiting.get(ticketId) ?? []), { resolve, reject }]);
    });
}

const textsOf = gatherer(async (ticketIds) => (await listClocks({ ticketIds, pageSize: MAX_CLOCKS })).clocks ?? []);

// Empty until they have come, or where they cannot be had: then the time until the limit is shown as it is.
// Asked anew when the limit moves.
export function useClockTexts(ticketId: string | undefined, dueTime: string | undefined): Told {
  const { data } = useQuery({
    queryKey: ["clockTexts", ticketId, dueTime],
    queryFn: async (): Promise<Told> => ({ texts: await textsOf(ticketId ?? ""), atMs: serverNow() }),
    enabled: !!ticketId && !!dueTime,
    staleTime: FRESH_MS,
    refetchInterval: FRESH_MS,
    retry: false,
  });
  return data ?? NOTHING;
}

// The words of a clock while they hold: not in its last minutes, and not beyond the limit if they were told before it.
export function wordsOf(told: Told, clockId: string | undefined, dueMs: number, nowMs: number, language: "zh" | "en"): string {
  if (nowMs < dueMs ? dueMs - nowMs < LAST_MS : told.atMs < dueMs) return "";
  return told.texts[clockId ?? ""]?.[language] ?? "";
}
