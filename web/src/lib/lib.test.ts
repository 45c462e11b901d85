import { beforeEach, describe, expect, it, vi } from "vitest";
import { chordOf } from "@/app/shortcuts";
import { homeOf, screensOf } from "@/app/nav";
import { windowOf } from "@/components/DataTable";
import { firstFound } from "@/components/Selects";
import { parseMarkdown } from "@/components/Markdown";
import { mergeAgents } from "@/desk/hooks";
import { retryDelayMs } from "@/desk/socket";
import { actionsFor, progress } from "@/pages/ticket/actions";
import { bindCall } from "@/pages/desk/DeskPage";
import { draftOf } from "@/pages/desk/Duplicates";
import { factsOf, nextOf, sourceNow } from "@/pages/desk/UnitPicker";
import { filterOf } from "@/pages/tickets/TicketsPage";
import { dropDraft, prune, readDraft, writeDraft } from "./drafts";
import { clockSpan, num, percent } from "./format";
import { emptySlot } from "./ticketForm";
import { EMPTY_TICKET } from "./validate";

describe("drafts", () => {
  beforeEach(() => {
    const kept = new Map<string, string>();
    vi.stubGlobal("localStorage", {
      get length() {
        return kept.size;
      },
      key: (i: number) => [...kept.keys()][i] ?? null,
      getItem: (k: string) => kept.get(k) ?? null,
      setItem: (k: string, v: string) => void kept.set(k, v),
      removeItem: (k: string) => void kept.delete(k),
    });
  });
  it("come back until they are dropped or a day old", () => {
    writeDraft("hotline.draft.u.a", { text: "漏水" }, 0);
    expect(readDraft("hotline.draft.u.a", 1000)).toEqual({ text: "漏水" });
    expect(readDraft("hotline.draft.u.a", 25 * 3600_000)).toBeUndefined();
    writeDraft("hotline.draft.u.a", 1, 0);
    dropDraft("hotline.draft.u.a");
    expect(readDraft("hotline.draft.u.a", 0)).toBeUndefined();
  });
  it("are few: the oldest go first", () => {
    for (let i = 0; i < 5; i += 1) writeDraft(`hotline.draft.u.${i}`, i, i);
    prune(10, 2);
    expect([0, 1, 2, 3, 4].map((i) => readDraft(`hotline.draft.u.${i}`, 10))).toEqual([undefined, undefined, undefined, 3, 4]);
  });
});

describe("small things", () => {
  it("numbers and times", () => {
    expect([num("12"), num(3), num(undefined), num("x")]).toEqual([12, 3, 0, 0]);
    expect([clockSpan(75), clockSpan(3675), clockSpan(-1)]).toEqual(["01:15", "1:01:15", "00:00"]);
    expect([percent(0.9712), percent(-1), percent(undefined)]).toEqual(["97.1%", "–", "–"]);
  });
  it("draw only the rows near the window", () => {
    expect(windowOf(10_000, 0, 680)).toEqual({ first: 0, last: 32 });
    expect(windowOf(10_000, 340_000 - 680, 680).last).toBe(10_000);
    expect(windowOf(0, 0, 680)).toEqual({ first: 0, last: 0 });
  });
  it("read key chords from the key's place", () => {
    const key = (part: Partial<KeyboardEvent>) => chordOf({ key: "", code: "", ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...part });
    expect(key({ key: "¡", code: "Digit1", altKey: true })).toBe("Alt+1");
    expect(key({ key: "Enter", code: "Enter", ctrlKey: true, shiftKey: true })).toBe("Ctrl+Shift+Enter");
    expect(key({ key: "k", code: "KeyK", metaKey: true })).toBe("Ctrl+K");
    expect(key({ key: "F2", code: "F2" })).toBe("F2");
  });
  it("retries with growing, spread pauses and a limit", () => {
    expect(retryDelayMs(1, 0)).toBe(250);
    expect(retryDelayMs(3, 1)).toBe(2000);
    expect(retryDelayMs(30, 1)).toBe(15_000);
  });
  it("parse Markdown into blocks, never into markup", () => {
    expect(parseMarkdown("# A\n\n- x\n- y\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n\n<script>").map((b) => b.kind)).toEqual(["h", "ul", "table", "p"]);
    expect(parseMarkdown("1. a\n2. b\ntext")).toHaveLength(2);
  });
  it("let no older frame overwrite an agent", () => {
    const known = new Map([["a", { agentId: "a", version: "5" }]]);
    expect(mergeAgents(known, { agents: [{ agentId: "a", version: "4" }] }).get("a")?.version).toBe("5");
    expect(mergeAgents(known, { agents: [], snapshot: true }).size).toBe(0);
  });
});

describe("rights on the screens", () => {
  it("show each role its own screens", () => {
    expect(homeOf({ roles: ["ROLE_AGENT"] })).toBe("/desk");
    expect(homeOf({ roles: ["ROLE_OFFICER"] })).toBe("/inbox");
    expect(screensOf({ roles: ["ROLE_OFFICER"] }).map((s) => s.id)).toEqual(["inbox", "tickets", "knowledge"]);
    expect(screensOf(undefined)).toEqual([]);
  });
  it("offer the steps that fit role and state (TKT-4)", () => {
    expect(actionsFor({ roles: ["ROLE_OFFICER"] }, { state: "TICKET_STATE_DISPATCHED" }).next).toEqual(["sign", "requestReturn"]);
    expect(actionsFor({ roles: ["ROLE_AGENT"] }, { state: "TICKET_STATE_CALLBACK" }).next).toEqual(["recordCallback"]);
    expect(actionsFor({ roles: ["ROLE_ANALYST"] }, { state: "TICKET_STATE_SIGNED" })).toEqual({ next: [], more: [] });
    expect(progress("TICKET_STATE_ARCHIVED").done).toBe(9);
  });
});

describe("the desk's form and the call (TKT-17)", () => {
  const call = { callId: "c1", remoteNumber: "138", calledNumber: "12345" };
  it("takes an untouched form for the call", () => {
    const bound = bindCall(emptySlot(), call);
    expect(bound?.park).toBeNull();
    expect(bound?.slot).toMatchObject({ callId: "c1", line: "12345", form: { callerPhone: "138" } });
  });
  it("keeps what was typed for an earlier call", () => {
    const typed = emptySlot({ callId: "c0" }, { title: "漏水" });
    const bound = bindCall(typed, call);
    expect(bound?.park).toBe(typed);
    expect(bound?.slot.form.title).toBe("");
  });
  it("leaves the form alone for its own call and for call backs from a ticket", () => {
    expect(bindCall(emptySlot({ callId: "c1" }), call)).toBeNull();
    expect(bindCall(emptySlot(), { ...call, outbound: true, ticketId: "t" })).toBeNull();
  });
  it("asks for suggestions when something is known, and takes them in turn (TKT-6)", () => {
    expect(factsOf({ ...EMPTY_TICKET, title: "漏" })).toBeNull();
    expect(factsOf({ ...EMPTY_TICKET, categoryId: "water" })).toMatchObject({ categoryId: "water", type: "TICKET_TYPE_CONSULTATION" });
    const units = [{ unitId: "a" }, { unitId: "b" }];
    expect([nextOf(units, ""), nextOf(units, "a"), nextOf(units, "b"), nextOf([], "x")].map((one) => one?.unitId)).toEqual(["a", "b", "a", undefined]);
  });
  it("follows what the taken suggestion rests on by now, and nothing once the unit is not suggested (TKT-6)", () => {
    const now = [{ unitId: "a", rule: "tags", source: "" }, { unitId: "b", rule: "catalogue", source: "catalogue:4/leak" }];
    expect(sourceNow(now, { unitId: "b", unitSource: "catalogue:3/leak" })).toBe("catalogue:4/leak");
    expect(sourceNow(now, { unitId: "a", unitSource: "tags" })).toBe("tags");
    expect(sourceNow(now, { unitId: "c", unitSource: "tags" })).toBe("");
    expect(sourceNow(now, { unitId: "b", unitSource: "" })).toBe("");
  });
  it("looks for what came before by what is known of the matter or the caller (TKT-11)", () => {
    expect(draftOf({ ...EMPTY_TICKET, title: "漏水" })).toBeNull();
    expect(draftOf({ ...EMPTY_TICKET, title: "漏水", callerPhone: "138 0000 0001" })?.draft).toMatchObject({ title: "漏水", caller: { phone: "13800000001" } });
    expect(draftOf({ ...EMPTY_TICKET, title: "解放路水管漏水" })?.draft?.caller).toBeUndefined();
  });
  it("takes by Enter what is named just so, else the first leaf that was found", () => {
    const node = (value: string, title: string, children?: { value: string; title: string; words: string }[]) => ({ value, title, words: title, ...(children ? { children } : {}) });
    const tree = [node("w", "供水漏水", [node("w.leak", "管道漏水"), node("w.other", "漏水")])];
    expect([firstFound(tree, "漏水"), firstFound(tree, "管道"), firstFound(tree, "供水"), firstFound(tree, "停电")]).toEqual(["w.other", "w.leak", "w", undefined]);
  });
  it("reads list filters from the address and drops what is not one", () => {
    const filter = filterOf(new URLSearchParams("state=TICKET_STATE_SIGNED&state=nonsense&light=LIMIT_LIGHT_RED&order=due&unit=u"));
    expect(filter).toEqual({ orderBy: "due_time", states: ["TICKET_STATE_SIGNED"], light: "LIMIT_LIGHT_RED", unitId: "u" });
  });
});
