// What the entry desk asks for when a registered ticket is written down (TKT-23).
import { describe, expect, it } from "vitest";
import type { Ticket } from "@/api/types";
import { amendment, formOf } from "./amendment";

const RECORDED: Ticket = { etag: "3", type: "TICKET_TYPE_HELP", channel: "CHANNEL_MAILBOX", title: "语音留言", caller: { phone: "13800001111", masked: false } };
const sent = (ticket: Ticket, typed: Partial<ReturnType<typeof formOf>>) => amendment(ticket, { ...formOf(ticket), ...typed }, {}, "录音整理");

describe("writing down a recording", () => {
  it("sends the place that was picked on the map (TKT-2)", () => {
    expect(sent(RECORDED, { title: " 井盖破损 ", longitude: "113.665412", latitude: "34.75231" })).toMatchObject({
      etag: "3", title: "井盖破损", longitude: 113.665412, latitude: 34.75231, callerPhone: "13800001111", note: "录音整理",
    });
  });
  it("says nothing of a place that is not known, or that stays as it is", () => {
    expect(sent(RECORDED, {})).not.toHaveProperty("longitude");
    const placed = { ...RECORDED, longitude: 113.66541212345678, latitude: 34.75 };
    expect(formOf(placed)).toMatchObject({ longitude: "113.665412", latitude: "34.75" });
    expect(sent(placed, {})).not.toHaveProperty("latitude");
  });
  it("removes a place that was cleared", () => {
    expect(sent({ ...RECORDED, longitude: 113.65, latitude: 34.76 }, { longitude: "", latitude: "" })).toMatchObject({ longitude: 0, latitude: 0 });
  });
  it("writes nothing back that was shown shortened", () => {
    expect(sent({ ...RECORDED, caller: { phone: "138****1111", masked: true } }, {})).not.toHaveProperty("callerPhone");
  });
});
