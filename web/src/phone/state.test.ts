import { describe, expect, it } from "vitest";
import type { LineCall, LineState } from "@/api/types";
import { can, dialNumber, INITIAL, microphoneOpen, type PhoneAction, type PhoneState, qualityOf, reduce } from "./state";

const after = (...actions: PhoneAction[]): PhoneState => actions.reduce(reduce, INITIAL);
const heard = (state: LineState): PhoneAction => ({ kind: "event", event: { state } });
const ringing: LineCall = { callId: "c1", phase: "PHASE_RINGING", remoteNumber: "13800000001" };
const attached = [{ kind: "attach" }, heard({ version: "1", mediaConnected: true })] satisfies PhoneAction[];

describe("the phone's state", () => {
  it("is up when telephony answers the attach", () => {
    expect(after({ kind: "attach" }).line).toBe("attaching");
    expect(after(...attached)).toMatchObject({ line: "up", mediaConnected: true, call: null });
  });

  it("rings, talks, holds and ends as telephony says (TEL-1)", () => {
    const rings = after(...attached, heard({ version: "2", call: ringing }));
    expect(can(rings)).toMatchObject({ answer: true, reject: true, hangUp: false, dial: false });
    expect(microphoneOpen(rings)).toBe(false);
    const talks = reduce(rings, heard({ version: "3", call: { ...ringing, phase: "PHASE_TALKING" } }));
    expect(can(talks)).toMatchObject({ answer: false, hangUp: true, hold: true, mute: true, toRating: true, digits: true });
    expect(microphoneOpen(talks)).toBe(true);
    const held = reduce(talks, heard({ version: "4", call: { ...ringing, phase: "PHASE_HELD" } }));
    expect(can(held)).toMatchObject({ resume: true, hold: false, hangUp: true });
    const over = reduce(held, heard({ version: "5", call: { ...ringing, phase: "PHASE_ENDED", endReason: "remote_hangup" } }));
    expect(over.call).toBeNull();
    expect(over.lastCall?.endReason).toBe("remote_hangup");
    expect(can(over).dial).toBe(true);
  });

  it("keeps the last call until the next begins, so that its ticket can still be saved", () => {
    const over = after(...attached, heard({ version: "2", call: ringing }), heard({ version: "3" }));
    expect(over.lastCall?.callId).toBe("c1");
    const next = reduce(over, heard({ version: "4", call: { ...ringing, callId: "c2" } }));
    expect(next.lastCall).toBeNull();
    expect(next.call?.callId).toBe("c2");
  });

  it("ignores a state that was overtaken, but not after attaching again", () => {
    const now = after(...attached, heard({ version: "7", call: ringing }));
    expect(reduce(now, heard({ version: "6" })).call?.callId).toBe("c1");
    const again = reduce(reduce(now, { kind: "attach" }), heard({ version: "1" }));
    expect(again.call).toBeNull();
  });

  it("shows the call on while the socket is lost, and offers nothing meanwhile", () => {
    const lost = after(...attached, heard({ version: "2", call: { ...ringing, phase: "PHASE_TALKING" } }), { kind: "linkLost" });
    expect(lost.call?.callId).toBe("c1");
    expect(can(lost).hangUp).toBe(false);
    expect(microphoneOpen(lost)).toBe(true);
  });

  it("steps back when another tab has the line, and hears nothing afterwards", () => {
    const gone = after(...attached, { kind: "event", event: { superseded: { tabId: "t" } } });
    expect(gone.line).toBe("elsewhere");
    expect(reduce(gone, heard({ version: "9", call: ringing })).call).toBeNull();
    expect(reduce(gone, { kind: "lineDown" }).line).toBe("elsewhere");
  });

  it("says when telephony is gone and attaches anew when it is back", () => {
    const down = after(...attached, { kind: "lineDown" });
    expect(down).toMatchObject({ line: "down", mediaConnected: false });
    expect(reduce(down, { kind: "lineUp" })).toMatchObject({ line: "attaching", version: -1 });
  });

  it("does not offer the rating for calls the agent dialled", () => {
    const out = after(...attached, heard({ version: "2", call: { ...ringing, outbound: true, phase: "PHASE_TALKING" } }));
    expect(can(out).toRating).toBe(false);
  });

  it("drops an old refusal when a new call begins", () => {
    const refused = after(...attached, { kind: "event", event: { error: { reason: "NUMBER_NOT_ALLOWED" } } });
    expect(refused.error?.reason).toBe("NUMBER_NOT_ALLOWED");
    expect(reduce(refused, heard({ version: "2", call: ringing })).error).toBeNull();
  });
});

describe("dialled numbers", () => {
  it.each([
    ["138 0000-0001", "13800000001"],
    ["+86 531 8888", "865318888"],
    ["12", ""],
    ["12345abc", ""],
    ["1".repeat(21), ""],
  ])("%s -> %s", (typed, number) => expect(dialNumber(typed)).toBe(number));
});

describe("quality", () => {
  const before = { received: 100, lost: 0, jitterMs: 5 };
  it.each([
    [{ received: 200, lost: 0, jitterMs: 5 }, "good"],
    [{ received: 198, lost: 2, jitterMs: 5 }, "fair"],
    [{ received: 190, lost: 10, jitterMs: 5 }, "poor"],
    [{ received: 200, lost: 0, jitterMs: 100 }, "poor"],
    [{ received: 100, lost: 0, jitterMs: 5 }, "poor"],
  ])("%o is %s", (now, expected) => expect(qualityOf(before, now)).toBe(expected));
});
