import { describe, expect, it, vi } from "vitest";
import { gatherer, wordsOf } from "./clockTexts";

const clock = (ticketId: string, clockId: string, left: string) => ({ ticketId, clockId, timeLeftText: left, timeLeftTextEn: `${left} (en)` });

describe("the time left in the city's words (SLA-10)", () => {
  it("is asked for once for all who ask at the same time", async () => {
    const ask = vi.fn((ids: string[]) => Promise.resolve(ids.filter((id) => id !== "none").map((id) => clock(id, `${id}-1`, "剩余 3 小时"))));
    const textsOf = gatherer(ask, 1);
    const [one, again, none] = await Promise.all([textsOf("a"), textsOf("a"), textsOf("none")]);
    expect(ask.mock.calls).toEqual([[["a", "none"]]]);
    expect(one).toEqual({ "a-1": { zh: "剩余 3 小时", en: "剩余 3 小时 (en)" } });
    expect(again).toEqual(one);
    expect(none).toEqual({});
    await textsOf("b");
    expect(ask).toHaveBeenCalledTimes(2);
  });

  it("never names more tickets than one request may", async () => {
    const ask = vi.fn((_ids: string[]) => Promise.resolve([]));
    const textsOf = gatherer(ask, 1);
    await Promise.all(Array.from({ length: 120 }, (_, i) => textsOf(`t${i}`)));
    expect(ask.mock.calls.map(([ids]) => ids.length)).toEqual([50, 50, 20]);
  });

  it("fails for each of those whose request failed", async () => {
    const textsOf = gatherer(() => Promise.reject(new Error("away")), 1);
    const all = await Promise.allSettled([textsOf("a"), textsOf("b")]);
    expect(all.map((one) => one.status)).toEqual(["rejected", "rejected"]);
  });

  it("holds until the last minutes, and beyond the limit only if told there", () => {
    const told = { texts: { c: { zh: "剩余 1 个工作日", en: "1 working day left" } }, atMs: 0 };
    const due = 3_600_000;
    expect(wordsOf(told, "c", due, 1000, "zh")).toBe("剩余 1 个工作日");
    expect(wordsOf(told, "c", due, 1000, "en")).toBe("1 working day left");
    expect(wordsOf(told, "other", due, 1000, "zh")).toBe("");
    expect(wordsOf(told, "c", due, due - 60_000, "zh")).toBe("");
    expect(wordsOf(told, "c", due, due + 1000, "zh")).toBe("");
    expect(wordsOf({ ...told, atMs: due }, "c", due, due + 1000, "zh")).toBe("剩余 1 个工作日");
  });
});
