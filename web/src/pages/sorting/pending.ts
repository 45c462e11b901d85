// A dispatch that waits for a moment in which it can be taken back: then it is sent, or at once when asked. One at a time.
import { createStore } from "@/lib/store";

export const UNDO_MS = 10_000;

export interface Pending {
  ticketId: string;
  title: string;
  unitId: string;
  source: string; // of the suggestion that is followed
  sendAtMs: number;
}

export class Undoable {
  readonly now = createStore<Pending | null>(null);
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly send: (what: Pending) => void) {}

  // The same again sends at once; another one sends the waiting one first.
  put(what: Omit<Pending, "sendAtMs">): void {
    const before = this.now.get();
    this.flush();
    if (before?.ticketId === what.ticketId && before.unitId === what.unitId) return;
    this.now.set({ ...what, sendAtMs: Date.now() + UNDO_MS });
    this.timer = setTimeout(() => this.flush(), UNDO_MS);
  }

  undo(): void {
    clearTimeout(this.timer);
    this.now.set(null);
  }

  flush(): void {
    const what = this.now.get();
    this.undo();
    if (what) this.send(what);
  }
}
