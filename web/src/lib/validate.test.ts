import { describe, expect, it } from "vitest";
import { checkTicket, cleanPhone, EMPTY_TICKET, formField, toRequest, validPhone } from "./validate";

const good = { ...EMPTY_TICKET, title: "漏水", callerPhone: "138-0000 0001" };
const context = { requestId: "r", callId: "c", line: "12345" };

describe("the ticket form", () => {
  it("needs a title", () => {
    expect(checkTicket(EMPTY_TICKET, "register")).toEqual({ title: "required" });
    expect(checkTicket({ ...good, title: "  " }, "register").title).toBe("required");
    expect(checkTicket(good, "register")).toEqual({});
  });

  it("counts characters as the server does: one for each, also outside the basic plane", () => {
    expect(checkTicket({ ...good, title: "𠮷".repeat(100) }, "register")).toEqual({});
    expect(checkTicket({ ...good, title: "𠮷".repeat(101) }, "register").title).toBe("tooLong");
  });

  it.each([
    ["13800000001", true],
    ["+8613800000001", true],
    ["12", false],
    ["abc", false],
    ["1".repeat(21), false],
  ])("phone %s: %s", (phone, ok) => expect(validPhone(cleanPhone(phone))).toBe(ok));

  it("answers at once only consultations, and only with an answer (TKT-5)", () => {
    expect(checkTicket(good, "answer")).toEqual({ answer: "required" });
    expect(checkTicket({ ...good, answer: "好", type: "TICKET_TYPE_COMPLAINT" }, "answer")).toEqual({ type: "consultationOnly" });
    expect(checkTicket({ ...good, answer: "好" }, "answer")).toEqual({});
  });

  it("dispatches only with a unit", () => expect(checkTicket(good, "dispatch")).toEqual({ unitId: "required" }));

  it("sends what was typed, without the name of someone anonymous", () => {
    const request = toRequest({ ...good, callerName: "张三", anonymous: true, unitId: "u", answer: "x" }, "dispatch", context);
    expect(request.ticket?.caller).toEqual({ name: "", phone: "13800000001", anonymous: true, confidential: false });
    expect(request.dispatchUnitId).toBe("u");
    expect(request.answer).toBeUndefined();
    expect(request.ticket).toMatchObject({ callId: "c", line: "12345", channel: "CHANNEL_PHONE" });
  });

  it("says which suggestion a dispatch follows, and nothing where it is one's own choice (TKT-6)", () => {
    const followed = { ...good, unitId: "u", unitSource: "catalogue:3/leak" };
    expect(toRequest(followed, "dispatch", context).source).toBe("catalogue:3/leak");
    expect(toRequest({ ...followed, unitSource: "" }, "dispatch", context)).not.toHaveProperty("source");
    expect(toRequest(followed, "register", context)).not.toHaveProperty("source");
  });

  it("sends the place on the map as numbers, and not at all where there is none (TKT-2)", () => {
    expect(toRequest({ ...good, longitude: "113.65", latitude: "34.76" }, "register", context).ticket).toMatchObject({ longitude: 113.65, latitude: 34.76 });
    expect(toRequest(good, "register", context).ticket).not.toHaveProperty("longitude");
    expect(checkTicket({ ...good, longitude: "200", latitude: "34" }, "register")).toEqual({ longitude: "badLongitude" });
  });

  it("finds the field that the server names, in either spelling", () => {
    expect(formField("ticket.caller.phone")).toBe("callerPhone");
    expect(formField("ticket.categoryId")).toBe("categoryId");
    expect(formField("ticket.unknown")).toBeUndefined();
  });
});
