import { describe, expect, it } from "vitest";
import { exportPath, faultOfTable, importPath, percentOf, typeOfTable } from "./tables";

describe("tables of tickets (TKT-18)", () => {
  it("are taken by their names and sizes", () => {
    expect([faultOfTable({ name: "a.CSV", size: 1 }), faultOfTable({ name: "a.xls", size: 1 }), faultOfTable({ name: "a.xlsx", size: 0 }), faultOfTable({ name: "a.xlsx", size: 65 * 1024 * 1024 })]).toEqual([undefined, "table", "empty", "size"]);
    expect(typeOfTable("x.xlsx")).toMatch(/spreadsheetml/);
  });
  it("go out by the list's filter, with a reason", () => {
    const url = new URL(exportPath({ states: ["TICKET_STATE_SIGNED", "TICKET_STATE_REPLIED"], query: "漏水", unitId: "" }, "csv", "月报"), "http://x");
    expect(url.searchParams.getAll("filter.states")).toEqual(["TICKET_STATE_SIGNED", "TICKET_STATE_REPLIED"]);
    expect([url.searchParams.get("filter.query"), url.searchParams.get("reason"), url.searchParams.has("filter.unitId")]).toEqual(["漏水", "月报", false]);
  });
  it("come in under a name and an id of the request", () => {
    const url = new URL(importPath("来信 1.csv", true, "r"), "http://x");
    expect([url.searchParams.get("fileName"), url.searchParams.get("dryRun"), url.searchParams.get("requestId")]).toEqual(["来信 1.csv", "true", "r"]);
  });
  it("say how far they are", () => {
    expect([percentOf({ state: "running", totalRows: "200", doneRows: "50" }), percentOf({ state: "running" }), percentOf({ state: "done" })]).toEqual([25, 0, 100]);
  });
});
