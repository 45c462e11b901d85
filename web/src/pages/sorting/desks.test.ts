import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { tasksOf } from "@/pages/callbacks/CallbacksPage";
import { askOf, byStep } from "@/pages/supervision/openClocks";
import { ticketsOf } from "@/pages/supervision/Clocks";
import { NO_FILTER, withSaved } from "@/pages/supervision/filters";
import { type Pending, UNDO_MS, Undoable } from "./pending";

describe("a dispatch that can be taken back (TKT-6)", () => {
  const sent: Pending[] = [];
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => {
    vi.useRealTimers();
    sent.length = 0;
  });
  const one = (ticketId: string, unitId = "u") => ({ ticketId, unitId, title: ticketId, source: "catalogue" });
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
  it("ask for clocks of a unit's subtree, of a step, from a rung of the ladder on, and leave out what is not asked", () => {
    const units = [{ unitId: "w", path: "/city/w/" }];
    expect(askOf({ ...NO_FILTER, unitId: "w", step: "reply", level: 2 }, units)).toEqual({ unitPath: "/city/w/", step: "reply", minEscalationLevel: 2 });
    expect(askOf(NO_FILTER, units)).toEqual({});
  });
  it("count by step and light, what burns first", () => {
    const counts = byStep([{ step: "sign", light: "CLOCK_LIGHT_GREEN", count: "7", paused: "1" }, { step: "reply", light: "CLOCK_LIGHT_RED", count: "2" }, { step: "reply", light: "CLOCK_LIGHT_YELLOW", count: "1" }]);
    expect(counts).toEqual([{ step: "reply", red: 2, yellow: 1, green: 0, paused: 0 }, { step: "sign", red: 0, yellow: 0, green: 7, paused: 1 }]);
  });
  it("urge each ticket once, however many of its clocks are chosen", () => {
    const ticket = { ticketId: "t" };
    const rows = [{ clock: { clockId: "a" }, ticket }, { clock: { clockId: "b" }, ticket }, { clock: { clockId: "c" }, ticket: undefined }];
    expect(ticketsOf(rows, ["a", "b", "c"])).toEqual([ticket]);
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
