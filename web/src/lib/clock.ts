// The server's clock as this page knows it. Limits are compared with it, so that a wrong clock on a desk does not turn
// lights red. The Date header has whole seconds, which is fine for limits of hours.
import { createStore } from "./store";

let offsetMs = 0;

export function noteServerDate(header: string | null, receivedAtMs: number = Date.now()): void {
  if (!header) return;
  const server = Date.parse(header);
  if (Number.isNaN(server)) return;
  const offset = server + 500 - receivedAtMs;
  // Small differences are the header's own coarseness and the network.
  offsetMs = Math.abs(offset) < 2000 ? 0 : offset;
}

export function serverNow(): number {
  return Date.now() + offsetMs;
}

const TICK_MS = 1000;
// One tick a second for all relative times on the page; it runs only while somebody looks at it.
export const tick = createStore(0);
let watchers = 0;
let timer: ReturnType<typeof setInterval> | undefined;

export function subscribeTick(listener: () => void): () => void {
  const stop = tick.subscribe(listener);
  watchers += 1;
  timer ??= setInterval(() => tick.update((n) => n + 1), TICK_MS);
  return () => {
    stop();
    watchers -= 1;
    if (watchers === 0 && timer) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}
