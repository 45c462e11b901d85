import { describe, expect, it } from "vitest";
import { lightOf, mostPressing, parts, timeLeftKey } from "./timeLeft";

const NOW = Date.parse("2026-11-22T09:00:00Z");
const at = (seconds: number) => new Date(NOW + seconds * 1000).toISOString();

describe("time left", () => {
  it.each([
    [2 * 86400 + 3 * 3600, { unit: "days", a: 2, b: 3 }],
    [3 * 3600 + 5 * 60, { unit: "hours", a: 3, b: 5 }],
    [125, { unit: "minutes", a: 2, b: 5 }],
    [59, { unit: "seconds", a: 59, b: 0 }],
  ])("%d s", (seconds, expected) => {
    expect(timeLeftKey(parts(NOW + seconds * 1000, NOW))).toEqual(expected);
    expect(timeLeftKey(parts(NOW - seconds * 1000, NOW))).toEqual(expected);
  });

  it("is late from the limit on, not before", () => {
    expect(parts(NOW, NOW).late).toBe(true);
    expect(parts(NOW + 1, NOW).late).toBe(false);
  });
});

describe("lights (SLA-7)", () => {
  it("follow the clock, not the last event's light", () => {
    const limit = { dueTime: at(3600), warnTime: at(600), light: "LIMIT_LIGHT_GREEN" as const };
    expect(lightOf(limit, NOW)).toBe("green");
    expect(lightOf(limit, NOW + 600_000)).toBe("yellow");
    expect(lightOf(limit, NOW + 3600_000)).toBe("red");
  });

  it("an unknown due time is not late", () => {
    expect(lightOf({ light: "LIMIT_LIGHT_UNSPECIFIED" }, NOW)).toBe("none");
    expect(mostPressing({ limits: [] }, NOW).light).toBe("none");
  });

  it("the first limit to run out leads, with the worst light of all", () => {
    const soon = { clockId: "a", dueTime: at(60), warnTime: at(120) };
    const late = { clockId: "b", dueTime: at(-60) };
    expect(mostPressing({ limits: [soon, late] }, NOW)).toMatchObject({ limit: { clockId: "b" }, light: "red" });
  });
});
