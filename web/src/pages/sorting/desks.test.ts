import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { tasksOf } from "@/pages/callbacks/CallbacksPage";
import { clocksOf, NO_FILTER, requestOf, withSaved } from "@/pages/supervision/filters";
import { type Pending, UNDO_MS, Undoable } from "./pending";

describe("a dispatch that can be taken back (TKT-6)", () => {
  const sent: Pending[] = [];
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => {
    vi.useRealTimers();
    sent.length = 0;
  });
  const one = (ticketId: string, unitId = "u") => ({ ticketId, unitId, title: ticketId });
  it("is sent after its time, once", () => {
    const desk = new Undoable((what) => sent.push(what));
    desk.put(one("a"));
    vi.advanceTimersByTime(UNDO_MS - 1);
    expect(sent).toEqual([]);
    vi.advanceTimersByTime(2 * UNDO_MS);
    expect(sent.map((s) => s.ticketId)).toEqual(["a"]);
  });
  it("is not sent when undone", () => {
    const desk = new Undoable((what) => sent.push(what));
    desk.put(one("a"));
    desk.undo();
    vi.advanceTimersByTime(2 * UNDO_MS);
    expect(sent).toEqual([]);
  });
  it("is sent at once by a second press, and before the next one waits", () => {
    const desk = new Undoable((what) => sent.push(what));
    desk.put(one("a"));
    desk.put(one("b"));
    expect(sent.map((s) => s.ticketId)).toEqual(["a"]);
    desk.put(one("b"));
    expect(sent.map((s) => s.ticketId)).toEqual(["a", "b"]);
    expect(desk.now.get()).toBeNull();
  });
});

describe("supervision's filters (SLA-7)", () => {
  it("ask for open tickets by light and unit, and leave out other steps' clocks", () => {
    const asked = requestOf({ ...NO_FILTER, light: "LIMIT_LIGHT_RED", unitId: "w" });
    expect([asked.light, asked.unitId, asked.orderBy, asked.states?.includes("TICKET_STATE_CLOSED")]).toEqual(["LIMIT_LIGHT_RED", "w", "due_time", false]);
    expect(clocksOf({ limits: [{ step: "sign" }, { step: "reply" }] }, "reply")).toEqual([{ step: "reply" }]);
  });
  it("are kept under one name each", () => {
    const list = withSaved(withSaved([], " 红灯 ", NO_FILTER), "红灯", { ...NO_FILTER, step: "sign" });
    expect(list).toEqual([{ name: "红灯", filter: { ...NO_FILTER, step: "sign" } }]);
    expect(withSaved(list, "  ", NO_FILTER)).toBe(list);
  });
});

describe("call back tasks (TKT-10)", () => {
  it("leave leader-instructed ones to supervisors and put skipped ones last", () => {
    const tickets = [{ ticketId: "a" }, { ticketId: "b", leaderInstructed: true }, { ticketId: "c" }];
    expect(tasksOf(tickets, { roles: ["ROLE_AGENT"] }, ["a"]).map((t) => t.ticketId)).toEqual(["c", "a"]);
    expect(tasksOf(tickets, { roles: ["ROLE_SUPERVISOR"] }, []).map((t) => t.ticketId)).toEqual(["a", "b", "c"]);
  });
});
