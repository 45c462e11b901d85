// What the screens offer for a ticket's life: held against docs/ticket-states.md, so that a change there is noticed here.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { en } from "@/i18n/en";
import { zhCN } from "@/i18n/zh-CN";
import type { HistoryEntry, Role, Ticket, TicketState, User } from "@/api/types";
import { inSubtree } from "@/lib/catalogue";
import { eachOf } from "@/lib/eachOf";
import { actionsFor, type ActionId, ALL_STATES, progress, STEPS } from "./actions";
import { answerByKey, callbackBody, NO_ANSWERS } from "./CallbackForm";
import { changedFields, pairs, standings } from "./changes";
import { bodyOf, faultsOf, FORMS, initialValues } from "./forms";

const EVERYONE: User = { roles: ["ROLE_AGENT", "ROLE_DISPATCHER", "ROLE_SUPERVISOR", "ROLE_OFFICER", "ROLE_UNIT_LEAD", "ROLE_UNIT_HEAD", "ROLE_LEADER"] as Role[] };
// A ticket at which nothing but the state stands against a command.
const FULL: Partial<Ticket> = {
  unitId: "u", coUnitIds: ["u"], type: "TICKET_TYPE_CONSULTATION", nature: "dispute", supervised: true, links: [{ ticketId: "x", kind: "related" }], published: "x", ratingState: "RATING_STATE_TO_REVIEW",
};
const offers = (user: User, ticket: Partial<Ticket>, within?: (unit: string) => boolean) => {
  const { next, more } = actionsFor(user, ticket, within);
  return [...next, ...more];
};

// Names of the table in docs/ticket-states.md by the names of the calls.
const COMMANDS: Record<ActionId, string> = {
  dispatch: "dispatch", sign: "sign", reply: "reply", approveReply: "approve", giveOpinion: "give_opinion", arbitrateReturn: "arbitrate", decideReturn: "decide_return", decideExtension: "decide_extension", reviewReply: "review",
  recordCallback: "callback", answer: "answer", updateHandover: "update_handover", reviewRating: "review_rating", reviewRepeat: "review_repeat", archive: "archive", split: "split", amend: "amend", defer: "defer", coordinate: "coordinate",
  reportUp: "report_up", handOver: "hand_over", refuse: "refuse", requestExtension: "request_extension", requestReturn: "request_return", reportProgress: "report_progress", recordContact: "contact", recordMediation: "mediate",
  passUp: "pass_up", instruct: "instruct", supervise: "supervise", endSupervision: "end_supervision", reopen: "reopen", rate: "rate_matter", publish: "publish", unpublish: "unpublish", setUrgency: "set_urgency",
  setConfidential: "set_confidential", withdraw: "withdraw", merge: "merge", link: "link", unlink: "unlink", markRepeat: "mark_repeat", addRemark: "remark",
};

function statesOf(command: string): TicketState[] {
  const row = readFileSync(new URL("../../../../docs/ticket-states.md", import.meta.url), "utf8").split("\n").find((line) => line.startsWith(`| ${command} |`));
  const from = row?.split("|")[3]?.trim() ?? "";
  const named = (text: string) => text.split(/, | and /).map((s) => `TICKET_STATE_${s.trim().toUpperCase()}` as TicketState);
  const ended = named("closed, archived, refused");
  if (from === "all open") return ALL_STATES.filter((s) => !ended.includes(s));
  if (from.startsWith("all but ")) return ALL_STATES.filter((s) => !named(from.slice(8)).includes(s));
  return named(from);
}

describe("actions (TKT-4)", () => {
  for (const [id, command] of Object.entries(COMMANDS) as [ActionId, string][])
    it(`${id} is offered in the states of ${command}`, () => {
      const variants: Partial<Ticket>[] = [FULL, { ...FULL, ratingState: "RATING_STATE_UNSPECIFIED", extensionDueTime: "2026-01-01T00:00:00Z", repeatMark: "REPEAT_MARK_PROPOSED" }];
      const found = ALL_STATES.filter((state) => variants.some((v) => offers(EVERYONE, { ...v, state }).includes(id)));
      expect(found).toEqual(ALL_STATES.filter((s) => statesOf(command).includes(s)));
    });
  it("are those of the unit that leads it; a co-handling unit gives its opinion (TKT-13)", () => {
    const officer: User = { roles: ["ROLE_OFFICER"], unitId: "b" };
    const ticket: Partial<Ticket> = { state: "TICKET_STATE_SIGNED", unitId: "a", coUnitIds: ["b"] };
    expect(actionsFor(officer, ticket, (id) => id === "a").next).toEqual(["reply", "requestReturn", "requestExtension"]);
    expect(offers(officer, ticket, (id) => id === "b")).toEqual(["giveOpinion", "addRemark"]);
  });
  it("leave leader-instructed call backs to supervisors (TKT-10)", () => {
    const ticket: Partial<Ticket> = { state: "TICKET_STATE_CALLBACK", leaderInstructed: true };
    expect(offers({ roles: ["ROLE_AGENT"] }, ticket)).not.toContain("recordCallback");
    expect(offers({ roles: ["ROLE_SUPERVISOR"] }, ticket)).toContain("recordCallback");
  });
  it("offer no second return, extension or archive where the service refuses it (TKT-7, TKT-8, STD-8)", () => {
    const officer: User = { roles: ["ROLE_OFFICER"] };
    expect(offers(officer, { state: "TICKET_STATE_SIGNED", returnBarred: true, extensionDueTime: "2026-01-01T00:00:00Z" })).not.toEqual(expect.arrayContaining(["requestReturn"]));
    expect(offers({ roles: ["ROLE_SUPERVISOR"] }, { state: "TICKET_STATE_CLOSED", ratingState: "RATING_STATE_TO_REVIEW" })).not.toContain("archive");
  });
  it("know the line of every state", () => {
    for (const state of ALL_STATES) expect(progress(state).done, state).toBeLessThanOrEqual(STEPS.length);
    expect(progress("TICKET_STATE_ARBITRATION")).toEqual({ done: 2, side: true, ended: false });
    expect(progress("TICKET_STATE_REFUSED").ended).toBe(true);
  });
});

type Tree = { [key: string]: string | Tree };
const textAt = (tree: unknown, path: string): unknown => path.split(".").reduce<unknown>((node, key) => (node as Tree | undefined)?.[key], tree);

describe("forms of the commands", () => {
  it("have a name for everything in both languages", () => {
    for (const [id, spec] of Object.entries(FORMS))
      for (const texts of [zhCN, en]) {
        const has = (path: string) => expect(typeof textAt(texts, path), path).toBe("string");
        has(`action.${id}`);
        if (spec.lead) has(`explain.${spec.lead}`);
        spec.sends?.forEach((s) => has(`action.${s.label}`));
        for (const f of spec.fields) {
          has(`field.${f.label}`);
          f.options?.forEach((o) => has(`choice.${f.set}.${o}`));
        }
      }
  });
  it("ask for what the service asks for, and no longer texts than it takes", () => {
    const one = (id: keyof typeof FORMS, n: number, values: Record<string, string | boolean | string[]>) => {
      const spec = FORMS[id];
      return faultsOf(spec, spec.sends?.[n] ?? { label: id }, { ...initialValues(spec, {}), ...values });
    };
    expect(one("reviewReply", 0, {})).toEqual({});
    expect(one("reviewReply", 1, {})).toEqual({ note: "required" });
    expect(one("updateHandover", 0, { status: "received" })).toEqual({});
    expect(one("updateHandover", 0, { status: "declined" })).toEqual({ note: "required" });
    expect(one("refuse", 0, { reason: "secret", note: "😀".repeat(1000) })).toEqual({});
    expect(one("refuse", 0, { reason: "secret", note: "好".repeat(1001) })).toEqual({ note: "tooLong" });
    expect(one("amend", 0, { title: "x", point: ["181", ""] })).toEqual({ longitude: "badLongitude", latitude: "badLatitude" });
    expect(one("amend", 0, { title: "x", point: ["113.65", "34.76"] })).toEqual({});
    expect(one("dispatch", 0, { unitId: "u", coUnitIds: Array.from({ length: 11 }, String) })).toEqual({ coUnitIds: "tooMany" });
  });
  it("send trimmed texts, truth values and times, and leave out what is empty", () => {
    const ticket: Ticket = { etag: "7", caller: { confidential: true } };
    const body = (id: keyof typeof FORMS, n: number, values: Record<string, string | boolean>) => bodyOf(FORMS[id], FORMS[id].sends?.[n] ?? { label: id }, values, ticket);
    expect(body("decideReturn", 1, { note: " 理由 ", improper: true })).toEqual({ etag: "7", note: "理由", improper: true, accepted: false });
    expect(body("recordContact", 0, { reached: "no", note: "" })).toEqual({ etag: "7", reached: false });
    expect(body("setConfidential", 0, { note: "x" })).toEqual({ etag: "7", note: "x", confidential: false });
    const placed: Ticket = { ...ticket, longitude: 113.65, latitude: 34.76123456789 };
    const amended = (of: Ticket, values: Record<string, string | string[]>) => bodyOf(FORMS.amend, { label: "amend" }, { ...initialValues(FORMS.amend, of), ...values }, of);
    expect(amended(ticket, { point: ["113.65", " ３４．７６ "] })).toEqual({ etag: "7", longitude: 113.65, latitude: 34.76 });
    expect(amended(ticket, { title: "x" })).toEqual({ etag: "7", title: "x" });
    expect(amended(placed, { title: "x" })).toEqual({ etag: "7", title: "x" });
    expect(amended(placed, { point: ["", ""] })).toEqual({ etag: "7", longitude: 0, latitude: 0 });
    expect(body("rate", 0, { score: "4", comment: "" })).toEqual({ etag: "7", score: 4 });
    expect(body("requestExtension", 0, { dueTime: "2026-12-01T10:00", reason: "x" })).toEqual({ etag: "7", reason: "x", dueTime: new Date("2026-12-01T10:00").toISOString() });
  });
});

describe("the call back's keys (TKT-10)", () => {
  it("answer the first open question", () => {
    expect(answerByKey(NO_ANSWERS, 2)).toEqual({ solved: "no" });
    expect(answerByKey(NO_ANSWERS, 4)).toEqual({});
    expect(answerByKey({ ...NO_ANSWERS, solved: "yes" }, 2)).toEqual({ satisfaction: "satisfied" });
  });
  it("send nothing of the answers when nobody was reached", () => {
    const sent = callbackBody({ etag: "3" }, { ...NO_ANSWERS, solved: "yes", satisfaction: "satisfied", attitude: "neutral" }, false, "c");
    expect(sent).toEqual({ etag: "3", reached: false, solved: false, satisfaction: "", satisfactionResult: "", satisfactionAttitude: "", note: "", callId: "c" });
  });
});

describe("history in words (TKT-16)", () => {
  const words = {
    text: (key: string, fallback: string) => (textAt(zhCN, key) as string | undefined) ?? fallback,
    unit: (id: string) => `单位${id}`, category: (id: string) => `类${id}`, area: (code: string) => `区${code}`,
  };
  it("names fields and values, hides what is technical or personal", () => {
    const changes = { unit_id: "w", co_unit_ids: "a,b", urgency: "3", "caller.phone": "*", clock_id: "x", note: "same" };
    const shown = changedFields({ action: "dispatched", note: "same", changes }, words);
    expect(shown).toEqual([
      { name: "主办单位", value: "单位w" }, { name: "协办单位", value: "单位a、单位b" }, { name: "紧急程度", value: "特急" }, { name: "联系电话", value: "已更改（加密）" },
    ]);
  });
  it("says what stood there before, where the history tells it, and nothing of what is personal", () => {
    const entries: HistoryEntry[] = [{ changes: { unit_id: "a", "caller.phone": "*" } }, { action: "arbitrated", changes: { unit_id: "b", "caller.phone": "*", return_barred: "true" } }];
    expect(changedFields(entries[1] ?? {}, words, standings(entries)[1])).toEqual([
      { name: "主办单位", value: "单位b", was: "单位a" }, { name: "联系电话", value: "已更改（加密）" }, { name: "不得再退单", value: "是" },
    ]);
  });
  it("says where a matter was put on the map, of which one degree alone may have changed, and that it lies nowhere any more (TKT-2)", () => {
    const moves: HistoryEntry[] = [{ action: "created", changes: {} }, { changes: { longitude: "113.65", latitude: "34.76" } }, { changes: { latitude: "34.8" } }, { changes: { longitude: "0", latitude: "0" } }];
    const before = standings(moves);
    expect(moves.map((entry, i) => changedFields(entry, words, before[i]))).toEqual([
      [], [{ name: "地图位置", value: "经度 113.650000、纬度 34.760000" }],
      [{ name: "地图位置", value: "经度 113.650000、纬度 34.800000", was: "经度 113.650000、纬度 34.760000" }],
      [{ name: "地图位置", value: textAt(zhCN, "change.none"), was: "经度 113.650000、纬度 34.800000" }],
    ]);
  });
  it("reads escaped pairs", () => expect(pairs("a\\\\=b=c\\,d,e=f")).toEqual([["a=b", "c,d"], ["e", "f"]]));
  it("names every reason, action and notice kind of the ticket service in both languages", () => {
    const source = (name: string) => readFileSync(new URL(`../../../../services/ticket/domain/${name}`, import.meta.url), "utf8");
    const decided = ["decide_unit.cpp", "decide_end.cpp", "decide_intake.cpp", "decide_supervision.cpp", "draft.cpp"].map(source).join("\n");
    const all = (text: string, pattern: RegExp) => [...new Set([...text.matchAll(pattern)].map((m) => m[1] ?? ""))];
    const missing = (prefix: string, names: string[]) => names.filter((n) => typeof textAt(zhCN, `${prefix}.${n}`) !== "string" || typeof textAt(en, `${prefix}.${n}`) !== "string");
    expect(missing("reason", all(source("errors.h"), /\/\/ [A-Z_]+ ([A-Z_]+)/g))).toEqual([]);
    expect(missing("history", all(decided, /\.Add\("([a-z_]+)"/g))).toEqual([]);
    expect(missing("notice", all(decided, /(?:Notify|TellCitizen)\("([a-z_]+)"/g))).toEqual([]);
    expect(missing("change.field", all(source("fields.cpp"), /"([a-z_.]+)", Kept::/g).map((n) => n.replace(".", "_")).filter((n) => /_path$|^(number|acceptance_number|return_from|process_version|call_id|recording_id|longitude|latitude|approvals_given|group_id|close_time|evidence|line)$/.test(n) === false))).toEqual([]);
  });
});

describe("many at once", () => {
  it("does all and says which failed", async () => {
    const seen: number[] = [];
    const failed = await eachOf([1, 2, 3, 4, 5, 6], async (n) => { if (n === 4) throw new Error("no"); }, (done) => seen.push(done));
    expect(failed.map((f) => f.item)).toEqual([4]);
    expect(seen).toEqual([1, 2, 3, 4, 5, 6]);
  });
  it("knows which units are below one", () => {
    const units = [{ unitId: "a", parentId: "" }, { unitId: "b", parentId: "a" }, { unitId: "c", parentId: "b" }, { unitId: "d", parentId: "a" }];
    expect([...inSubtree(units, "b")].sort()).toEqual(["b", "c"]);
  });
});
