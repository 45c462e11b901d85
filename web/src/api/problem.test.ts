import { describe, expect, it } from "vitest";
import { asProblem, toProblem } from "./problem";

describe("problem details (RFC 9457)", () => {
  it("keeps reason and fields", () => {
    const p = toProblem(400, { reason: "INVALID_ARGUMENT", detail: "x", errors: [{ field: "ticket.title", reason: "REQUIRED", description: "is required" }] });
    expect(p).toMatchObject({ status: 400, reason: "INVALID_ARGUMENT", fields: [{ field: "ticket.title", reason: "REQUIRED" }] });
  });
  it("makes do with an answer that is no problem document", () => {
    expect(toProblem(502, null)).toMatchObject({ status: 502, reason: "HTTP_502", fields: [] });
    expect(asProblem(new TypeError("Failed to fetch"))).toMatchObject({ status: 0, reason: "UNREACHABLE" });
  });
});
