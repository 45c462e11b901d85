// What the configuration screens decide by themselves, held against the services' own lists where these are repeated.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Calendar, CatalogueEntry, Policy, Process } from "@/api/configuration";
import type { Role, User } from "@/api/types";
import { homeOf, screensOf } from "@/app/nav";
import { enConfiguration } from "@/i18n/en.configuration";
import { zhConfiguration } from "@/i18n/zh-CN.configuration";
import { may, partsOf } from "./access";
import { dayMap, isDay, kindOf, parseNotice, plusDays, sorted, span, weekdayOf, weeksOf, withChange, workingDays } from "./calendar";
import { BUILT_IN_FIELDS, FIELD_KINDS, SCRIPT_FIELDS, TRIGGERS } from "./choices";
import { differences, numbered } from "./differences";
import { changeRows, countChanges, entryText, found, type Names, proposeId, standing } from "./entries";
import { faultsBelow, lies, moved, pathBelow, replaced, without } from "./faults";
import { limitOfKind, limitText, placeOf, policyLines, type PolicyTexts, ruleMore, toPut } from "./policies";
import { approvalsOf, asDraft, processLines, type ProcessTexts, withKind } from "./processes";
import { BLOCK_KINDS, BLOCK_TEXTS, blockOfKind, bytesOf, numbersOf, parseBody, PLACEHOLDERS, printBody, rowsOf, rowsText, unknownPlaceholders } from "./templates";
import { inTree } from "./trees";

const source = (path: string) => readFileSync(new URL(`../../../../${path}`, import.meta.url), "utf8");
const as = (...roles: string[]): User => ({ roles: roles as Role[] });

describe("who configures what", () => {
  it("follows the access written in the contracts", () => {
    const protos: Record<string, string> = { catalogue: "catalogue_service", process: "process_service", records: "caller_record_service" };
    const rolesOf = (file: string, rpc: string) => {
      const text = source(`proto/hotline/ticket/v1/${protos[file]}.proto`);
      const from = text.indexOf(`rpc ${rpc}(`);
      return [...text.slice(from, text.indexOf("\n  }\n", from)).matchAll(/roles: (ROLE_\w+)/g)].map((m) => m[1] ?? "");
    };
    const everyone = [...new Set(rolesOf("catalogue", "SuggestForDraft").concat(rolesOf("catalogue", "ListCatalogueEntries"), ["ROLE_KNOWLEDGE_EDITOR", "ROLE_OFFICER"]))];
    const check = (right: Parameters<typeof may>[1], file: string, rpc: string) => expect(everyone.filter((r) => may(as(r), right)), rpc).toEqual(everyone.filter((r) => rolesOf(file, rpc).includes(r)));
    check("editCatalogue", "catalogue", "PutCatalogueEntry");
    check("publishCatalogue", "catalogue", "PublishCatalogue");
    check("editForms", "process", "PutProcess");
    check("editRepeatRule", "records", "PutRepeatRule");
    check("ban", "records", "PutBan");
    check("audit", "records", "ListCallerAudit");
  });
  it("shows each role its parts and none to the others", () => {
    expect(partsOf(as("ROLE_ADMIN"))).toHaveLength(8);
    expect(partsOf(as("ROLE_DISPATCHER"))).toEqual(["catalogue"]);
    expect(partsOf(as("ROLE_KNOWLEDGE_EDITOR"))).toEqual(["scripts"]);
    expect(partsOf(as("ROLE_AGENT", "ROLE_OFFICER"))).toEqual([]);
    expect(screensOf(as("ROLE_SUPERVISOR")).map((s) => s.id)).toContain("configuration");
    expect(screensOf(as("ROLE_AGENT")).map((s) => s.id)).not.toContain("configuration");
    expect(homeOf(as("ROLE_ADMIN"))).toBe("/tickets");
  });
});

describe("refusals at their field", () => {
  it("are found by the name the service gives", () => {
    expect(pathBelow("process", "process.fields[2].field_id")).toBe("fields[2].fieldId");
    expect(pathBelow("policy", "policy.steps[0].rules[1].limit.outsideBy")).toBe("steps[0].rules[1].limit.outsideBy");
    expect(pathBelow("", "fields[reply_by]")).toBe("fields[reply_by]");
    const faults = faultsBelow("entry", [
      { field: "entry.effective_to", reason: "OUT_OF_RANGE", description: "" },
      { field: "entry.effective_to", reason: "BAD_FORMAT", description: "" },
    ]);
    expect(faults.get("effectiveTo")?.reason).toBe("OUT_OF_RANGE");
    expect(lies("coUnitIds[1]", "coUnitIds") && lies("fields[1].choices[0]", "fields[1]")).toBe(true);
    expect(lies("coUnitIdsX", "coUnitIds")).toBe(false);
  });
  it("open the part of a policy they lie in", () => {
    expect(placeOf("steps[3].rules[2].limit.amount")).toEqual({ part: 3, rule: 2 });
    expect(placeOf("steps[3].start")).toEqual({ part: 3 });
    expect(placeOf("ladder[1].measure")).toEqual({ part: "ladder" });
    expect(placeOf("policyId")).toEqual({ part: "about" });
    expect(placeOf("")).toBeUndefined();
  });
  it("leave rows where they are when there is nowhere to go", () => {
    expect(moved([1, 2, 3], 0, 2)).toEqual([2, 3, 1]);
    expect(moved([1, 2], 0, -1)).toEqual([1, 2]);
    expect(replaced([{ a: 1, b: 1 }], 0, { a: 2 })).toEqual([{ a: 2, b: 1 }]);
    expect(without([1, 2, 3], 1)).toEqual([1, 3]);
  });
});

describe("differences", () => {
  it("name what came, went and changed, in order", () => {
    expect(differences([["a", "1"], ["b", "2"], ["c", "3"]], [["a", "1"], ["b", "9"], ["d", "4"]])).toEqual([
      { name: "b", before: "2", after: "9" },
      { name: "c", before: "3", after: undefined },
      { name: "d", before: undefined, after: "4" },
    ]);
    expect(numbered([["x", "1"], ["x", "2"]])).toEqual([["x", "1"], ["x (2)", "2"]]);
  });
});

const NAMES: Names = { category: (id) => (id === "water.leak" ? "供水 / 漏水" : (id ?? "")), area: (c) => (c === "990102" ? "鼓楼区" : ""), unit: (id) => (id === "water" ? "自来水公司" : (id ?? "")), type: (t) => t ?? "" };
const TEXTS = { anywhere: "全市", anyType: "不限", sure: "自动", arrow: "→", comma: "、", span: (a: string, b: string) => `${a}–${b}` };
const ENTRY: CatalogueEntry = { entryId: "leak", categoryId: "water.leak", areaCode: "990102", unitId: "water", coUnitIds: ["road"], sure: true, effectiveTo: "2026-12-31", note: "条例" };

describe("the dispatch catalogue (STD-6)", () => {
  it("tells whether an entry holds today", () => {
    expect(standing({ effectiveFrom: "2026-12-01" }, "2026-11-26")).toBe("upcoming");
    expect(standing({ effectiveTo: "2026-11-25" }, "2026-11-26")).toBe("expired");
    expect(standing({ effectiveFrom: "2026-11-26", effectiveTo: "2026-11-26" }, "2026-11-26")).toBe("holds");
  });
  it("proposes an id that nobody has and the service takes", () => {
    expect(proposeId({ categoryId: "" }, new Set())).toBe("");
    expect(proposeId({ categoryId: "water.leak", areaCode: "990102", type: "TICKET_TYPE_HELP" }, new Set())).toBe("water.leak:990102:help");
    expect(proposeId({ categoryId: "water.leak" }, new Set(["water.leak", "water.leak-2"]))).toBe("water.leak-3");
    expect(proposeId({ categoryId: "x".repeat(64) }, new Set(["x".repeat(60)]))).toMatch(/^[A-Za-z0-9.\-_:]{1,64}$/);
  });
  it("finds entries by every word typed", () => {
    expect(found(ENTRY, NAMES, "漏水 鼓楼")).toBe(true);
    expect(found(ENTRY, NAMES, "漏水 滨江")).toBe(false);
  });
  it("says all of a change in one line", () => {
    expect(entryText(ENTRY, NAMES, TEXTS)).toBe("供水 / 漏水 · 鼓楼区 · 不限 → 自来水公司、road · 自动 · –2026-12-31 · 条例");
    const changes = [{ kind: "changed", before: ENTRY, after: { ...ENTRY, areaCode: "" } }, { kind: "added", after: ENTRY }];
    expect(changeRows(changes, NAMES, TEXTS)[0]).toMatchObject({ name: "leak", after: expect.stringContaining("全市") as string });
    expect(countChanges(changes)).toEqual({ added: 1, changed: 1, removed: 0 });
  });
  it("shows the tree with its depths, orphans at the top", () => {
    const rows = inTree([{ id: "b.c", up: "b" }, { id: "b", up: "" }, { id: "x", up: "gone" }, { id: "l", up: "l" }], (i) => i.id, (i) => i.up, () => 0);
    expect(rows.map((r) => [r.item.id, r.depth])).toEqual([["b", 0], ["b.c", 1], ["x", 0], ["l", 0]]);
  });
});

const PROCESS_TEXTS: ProcessTexts = { required: "必填", builtIn: (n) => n, field: (n) => `自有 ${n}`, kind: (k) => k ?? "", must: "必填", option: (n) => n, yesNo: String, approval: (r) => r, decider: (d) => d, none: "无", comma: "、" };

describe("forms and steps (PLT-6)", () => {
  const built: Process = { type: "TICKET_TYPE_HELP", required: ["place", "category_id"], review: true, returnDecider: "dispatcher", fields: [{ fieldId: "meter", name: "表号", kind: "FORM_FIELD_KIND_TEXT", maxLength: 20 }] };
  it("names the built-in fields and kinds the service has", () => {
    const cpp = source("services/ticket/domain/process.cpp");
    const named = [...cpp.slice(cpp.indexOf("kBuiltIns = {{"), cpp.indexOf("}};", cpp.indexOf("kBuiltIns = {{"))).matchAll(/\{"([a-z_.]+)"/g)].map((m) => m[1]);
    expect([...BUILT_IN_FIELDS].sort()).toEqual(named.sort());
    const proto = source("proto/hotline/ticket/v1/process_service.proto");
    expect(FIELD_KINDS).toEqual([...proto.matchAll(/(FORM_FIELD_KIND_\w+) = [1-9]/g)].map((m) => m[1]));
  });
  it("differ where something was changed, not where only the order of required fields was", () => {
    const lines = (p: Process) => processLines(p, PROCESS_TEXTS);
    expect(differences(lines(built), lines({ ...built, required: ["category_id", "place"] }))).toEqual([]);
    expect(differences(lines(built), lines({ ...built, required: ["place"], fields: [] })).map((d) => d.name)).toEqual(["必填", "自有 meter"]);
  });
  it("keep of a field what its new kind has", () => {
    expect(withKind({ kind: "FORM_FIELD_KIND_TEXT", maxLength: 20 }, "FORM_FIELD_KIND_CHOICE")).toMatchObject({ maxLength: 0, choices: [] });
    expect(withKind({ kind: "FORM_FIELD_KIND_CHOICE", choices: ["a"] }, "FORM_FIELD_KIND_DATE").choices).toEqual([]);
  });
  it("approve from below, and take an old version over under the draft's etag", () => {
    expect(approvalsOf(true, true)).toEqual(["unit_lead", "unit_head"]);
    expect(asDraft({ ...built, version: "1", etag: "" }, { etag: "7" }).etag).toBe("7");
  });
});

const POLICY_TEXTS: PolicyTexts = {
  limit: (key, v) => `${key} ${v.amount} ${v.unit} ${v.time}`, unit: (l) => l?.unit ?? "", types: (v) => (v ?? []).join(), urgencies: (v) => (v ?? []).join(), channels: (v) => (v ?? []).join(), category: (id) => id, trigger: (x) => x, state: (x) => x, addressee: (x) => x,
  all: "all", comma: "、", warnPercent: (p) => `${p}%`, warnBefore: (m) => `${m}m`, extensions: (n, each) => `${n}x ${each}`, anyDate: "any", statutory: "law", atOnce: "at once", after: (l) => `after ${l}`, document: (n) => `doc ${n}`, part: (n) => n, yes: "yes",
};

describe("policies (SLA-1, SLA-8, SLA-9)", () => {
  const standard = JSON.parse(source("services/sla_timer/presets/standard.json")) as Policy;
  it("offer every trigger of the contract", () => {
    const proto = source("proto/hotline/sla_timer/v1/policy.proto");
    expect([...TRIGGERS].sort()).toEqual([...proto.matchAll(/(TRIGGER_\w+) = (?!0)\d+/g)].map((m) => m[1] ?? "").sort());
  });
  it("show a changed rule as one difference, at its step and place", () => {
    const changed = structuredClone(standard);
    const reply = changed.steps?.findIndex((s) => s.step === "reply") ?? -1;
    const rule = changed.steps?.[reply]?.rules?.[1];
    if (rule?.limit) rule.limit.amount = 5;
    const found = differences(policyLines(standard, POLICY_TEXTS), policyLines(changed, POLICY_TEXTS));
    expect(found).toHaveLength(1);
    expect(found[0]?.name).toBe("办理答复 › rule 2");
    expect(found[0]?.after).toContain("working 5 LIMIT_UNIT_DAY");
  });
  it("say what a rule does without having to be opened", () => {
    expect(ruleMore({ limit: { kind: "LIMIT_KIND_WORKING" } }, POLICY_TEXTS)).toBe("80%");
    expect(ruleMore({ limit: { kind: "LIMIT_KIND_WORKING" }, warnBeforeMinutes: 30, maxExtensions: 2, statutory: true, basis: "b" }, POLICY_TEXTS)).toBe("30m · 2x any · law · b");
    expect(limitText({ kind: "LIMIT_KIND_SAME_WORKING_DAY" }, POLICY_TEXTS)).toContain("10:00");
  });
  it("send of a limit only what its kind takes", () => {
    expect(limitOfKind({ kind: "LIMIT_KIND_WORKING", amount: 3, unit: "LIMIT_UNIT_DAY", sameTime: true }, "LIMIT_KIND_SAME_WORKING_DAY")).toEqual({ kind: "LIMIT_KIND_SAME_WORKING_DAY", outsideBy: "10:00" });
    expect(limitOfKind({ amount: 3, unit: "LIMIT_UNIT_DAY", sameTime: true }, "LIMIT_KIND_NATURAL")).toEqual({ kind: "LIMIT_KIND_NATURAL", amount: 3, unit: "LIMIT_UNIT_DAY", sameTime: false });
    expect(toPut({ policyId: "p", etag: "3", version: "3", active: true, updatedBy: "x" })).toEqual({ policyId: "p", etag: "3" });
  });
});

describe("the working calendar (SLA-9)", () => {
  const weekly: Calendar["weekly"] = [1, 2, 3, 4, 5].map((weekday) => ({ weekday, shifts: [{ start: "08:30", end: "12:00" }] }));
  it("tells holidays, make-up workdays and weekends apart", () => {
    const days = dayMap([{ date: "2026-10-01", kind: "off", name: "国庆节" }, { date: "2026-10-10", kind: "work" }]);
    expect(["2026-10-01", "2026-10-10", "2026-10-11", "2026-10-12"].map((d) => kindOf(d, days, weekly))).toEqual(["off", "work", "weekend", "working"]);
    expect(workingDays(2026, dayMap([]), weekly)).toBe(261);
    expect(workingDays(2026, days, weekly)).toBe(261);
  });
  it("lays months out from Monday, leap years too", () => {
    expect(weekdayOf("2026-11-26")).toBe(4);
    expect(weeksOf(2028, 2).flat().filter(Boolean)).toHaveLength(29);
    expect(weeksOf(2026, 11)[0]).toEqual(["", "", "", "", "", "", "2026-11-01"]);
    expect(plusDays("2026-12-31", 1)).toBe("2027-01-01");
    expect(isDay("2026-02-30") || isDay("2026-2-3") || isDay("")).toBe(false);
    expect(span("2026-10-03", "2026-10-01")).toEqual(["2026-10-01", "2026-10-02", "2026-10-03"]);
    expect(span("1026-01-01", "2026-01-01")).toHaveLength(366);
  });
  it("reads a pasted notice and names the lines that say nothing", () => {
    const { days, bad } = parseNotice("date,day,name\n2027-01-01,off,元旦\n2027-01-02，班，\n\nnonsense\n2027-02-30,off,x");
    expect(days).toEqual([{ date: "2027-01-01", kind: "off", name: "元旦" }, { date: "2027-01-02", kind: "work", name: "" }]);
    expect(bad).toEqual([5, 6]);
  });
  it("counts a change back to what was as none", () => {
    const now = dayMap([{ date: "2026-10-01", kind: "off", name: "国庆节" }]);
    const once = withChange(new Map(), { date: "2026-10-01", kind: "work", name: "" }, now);
    expect(sorted(once)).toHaveLength(1);
    expect(sorted(withChange(once, { date: "2026-10-01", kind: "off", name: "国庆节" }, now))).toEqual([]);
  });
});

describe("document templates (TKT-14)", () => {
  const cpp = source("services/ticket/domain/document_template.cpp");
  it("know the blocks and placeholders the service knows, each with a name in both languages", () => {
    const list = cpp.slice(cpp.indexOf("kNames = {"), cpp.indexOf("};", cpp.indexOf("kNames = {")));
    expect([...PLACEHOLDERS]).toEqual([...list.matchAll(/"(\w+)"/g)].map((m) => m[1]));
    const blocks = cpp.slice(cpp.indexOf("kTexts = {"), cpp.indexOf("};", cpp.indexOf("kTexts = {")));
    const known = [...blocks.matchAll(/\{"(\w+)", \{(.*?)\}\}/g)].map((m) => [m[1], [...(m[2] ?? "").matchAll(/"(\w+)"/g)].map((x) => x[1])]);
    expect(Object.entries(BLOCK_TEXTS).sort()).toEqual(known.sort());
    for (const texts of [zhConfiguration.config, enConfiguration.config]) {
      expect(Object.keys(texts.placeholder)).toEqual([...PLACEHOLDERS]);
      expect(Object.keys(texts.block).sort()).toEqual([...BLOCK_KINDS].sort());
      for (const field of [...SCRIPT_FIELDS, ...BUILT_IN_FIELDS]) expect(Object.keys(texts.formField)).toContain(field.replace(".", "_"));
    }
  });
  it("come through the editor as they were: every shipped one", () => {
    for (const id of ["acceptance_sheet", "supervision_order", "urging_notice", "official_letter", "leader_submission", "public_criticism", "mediation_record", "handover_letter"]) {
      const text = source(`services/ticket/templates/${id}.json`);
      const body = parseBody(text);
      if (!body) throw new Error(id);
      expect(JSON.parse(printBody(body)), id).toEqual(JSON.parse(text));
      expect(unknownPlaceholders(body), id).toEqual([]);
      for (const block of body.blocks) if (block.rows) expect(rowsOf(rowsText(block.rows)), id).toEqual(block.rows);
    }
  });
  it("leave what is no body to the source editor, and name unknown placeholders", () => {
    expect(parseBody("{") ?? parseBody("[]") ?? parseBody('{"blocks":[1]}')).toBeUndefined();
    expect(unknownPlaceholders({ template_id: "x", name: "x", audience: "unit", fields: [{ id: "why", name: "" }], blocks: [{ kind: "paragraph", text: "{{why}} {{wyh}}" }, { kind: "form", rows: [["{{unit}}", "{{nix}}"]] }] })).toEqual(["wyh", "nix"]);
    expect(blockOfKind({ kind: "title", text: "题" }, "red_head")).toEqual({ kind: "red_head", text: "题", number: "" });
    expect(rowsOf(rowsText([["a|b", "c\nd"], ["", "e"]]))).toEqual([["a|b", "c\nd"], ["", "e"]]);
    expect(numbersOf("1.1, 2")).toEqual([1.1, 2]);
    expect(numbersOf(" ")).toBeUndefined();
    expect([...bytesOf("JVBERg==")]).toEqual([0x25, 0x50, 0x44, 0x46]);
  });
});
