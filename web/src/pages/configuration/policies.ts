// Policies (SLA-1 to SLA-8) as lines of text, so that versions can be held against one another, and where a refusal lies in them.
import type { Limit, Policy, Rule, Rung, Step } from "@/api/configuration";
import { type Lines, numbered } from "./differences";

export interface PolicyTexts {
  limit: (key: "none" | "natural" | "working" | "workingSame" | "sameDay", values: { amount: number; unit: string; time: string }) => string;
  unit: (limit: Limit | undefined) => string;
  types: (types: Rule["types"]) => string;
  urgencies: (urgencies: Rule["urgencies"]) => string;
  channels: (channels: Rule["channels"]) => string;
  category: (id: string) => string;
  trigger: (trigger: string) => string;
  state: (state: string) => string;
  addressee: (one: string) => string;
  all: string;
  comma: string;
  warnPercent: (percent: number) => string;
  warnBefore: (minutes: number) => string;
  extensions: (count: number, each: string) => string;
  anyDate: string;
  statutory: string;
  atOnce: string;
  after: (limit: string) => string;
  document: (name: string) => string;
  part: (name: "name" | "nameEn" | "description" | "start" | "stop" | "pause" | "resume" | "reopen" | "states" | "window" | "ladder" | "rule") => string;
  yes: string;
}

const WARN_DEFAULT = 80;
export const OUTSIDE_DEFAULT = "10:00";
export const NEW_RULE: Rule = { types: [], urgencies: [], categories: [], channels: [], limit: { kind: "LIMIT_KIND_WORKING", amount: 1, unit: "LIMIT_UNIT_DAY" } };
export const NEW_STEP: Step = { step: "", name: "", nameEn: "", start: [], stop: [], rules: [NEW_RULE] };
export const NEW_RUNG: Rung = { measure: "", name: "", nameEn: "", addressees: ["unit"], after: { kind: "LIMIT_KIND_WORKING", amount: 1, unit: "LIMIT_UNIT_DAY", sameTime: true } };

export function limitText(limit: Limit | undefined, texts: PolicyTexts): string {
  const values = { amount: limit?.amount ?? 0, unit: texts.unit(limit), time: limit?.outsideBy || OUTSIDE_DEFAULT };
  switch (limit?.kind) {
    case "LIMIT_KIND_NATURAL":
      return texts.limit("natural", values);
    case "LIMIT_KIND_WORKING":
      return texts.limit(limit.unit === "LIMIT_UNIT_DAY" && limit.sameTime ? "workingSame" : "working", values);
    case "LIMIT_KIND_SAME_WORKING_DAY":
      return texts.limit("sameDay", values);
    default:
      return texts.limit("none", values);
  }
}

// Which tickets a rule is for.
export function ruleFor(rule: Rule, texts: PolicyTexts): string {
  const parts = [
    rule.types?.length ? texts.types(rule.types) : "",
    rule.urgencies?.length ? texts.urgencies(rule.urgencies) : "",
    (rule.categories ?? []).map(texts.category).join(texts.comma),
    rule.channels?.length ? texts.channels(rule.channels) : "",
  ].filter(Boolean);
  return parts.join(" · ") || texts.all;
}

// What it says besides its limit.
export function ruleMore(rule: Rule, texts: PolicyTexts): string {
  if (rule.limit?.kind === "LIMIT_KIND_NONE") return [rule.statutory ? texts.statutory : "", rule.basis ?? ""].filter(Boolean).join(" · ");
  return [
    rule.warnBeforeMinutes ? texts.warnBefore(rule.warnBeforeMinutes) : texts.warnPercent(rule.warnPercent || WARN_DEFAULT),
    rule.maxExtensions ? texts.extensions(rule.maxExtensions, rule.maxExtension ? limitText(rule.maxExtension, texts) : texts.anyDate) : "",
    rule.statutory ? texts.statutory : "",
    rule.basis ?? "",
  ]
    .filter(Boolean)
    .join(" · ");
}

export function rungText(rung: Rung, texts: PolicyTexts): string {
  return [
    rung.name ?? "",
    rung.after ? texts.after(limitText(rung.after, texts)) : texts.atOnce,
    (rung.addressees ?? []).map(texts.addressee).join(texts.comma),
    rung.document ? texts.document(rung.document) : "",
  ]
    .filter(Boolean)
    .join(" · ");
}

const TRIGGERS_OF = ["start", "stop", "pause", "resume", "reopen"] as const;

export function policyLines(policy: Policy, texts: PolicyTexts): Lines {
  const lines: Lines = [
    [texts.part("name"), policy.name ?? ""],
    [texts.part("nameEn"), policy.nameEn ?? ""],
    [texts.part("description"), policy.description ?? ""],
  ];
  for (const step of policy.steps ?? []) {
    const name = step.name || step.step || "";
    for (const kind of TRIGGERS_OF) if (step[kind]?.length) lines.push([`${name} › ${texts.part(kind)}`, [...step[kind]].sort().map(texts.trigger).join(texts.comma)]);
    if (step.states?.length) lines.push([`${name} › ${texts.part("states")}`, [...step.states].sort().map(texts.state).join(texts.comma)]);
    if (step.window) lines.push([`${name} › ${texts.part("window")}`, texts.yes]);
    (step.rules ?? []).forEach((rule, i) => lines.push([`${name} › ${texts.part("rule")} ${i + 1}`, [ruleFor(rule, texts), limitText(rule.limit, texts), ruleMore(rule, texts)].filter(Boolean).join(" · ")]));
  }
  (policy.ladder ?? []).forEach((rung, i) => lines.push([`${texts.part("ladder")} › ${i + 1}`, rungText(rung, texts)]));
  return numbered(lines);
}

export type PolicyPart = "about" | "ladder" | number; // number: a step by its place

// Where a refusal lies: "steps[1].rules[2].limit.amount" is in rule 2 of step 1.
export function placeOf(path: string): { part: PolicyPart; rule?: number } | undefined {
  if (!path) return undefined;
  const step = /^steps\[(\d+)\](?:\.rules\[(\d+)\])?/.exec(path);
  if (step) return { part: Number(step[1]), ...(step[2] === undefined ? {} : { rule: Number(step[2]) }) };
  return { part: path.startsWith("ladder") ? "ladder" : "about" };
}

// What a kind of limit has no use for is left out, or the service would refuse it.
export function limitOfKind(limit: Limit | undefined, kind: Limit["kind"]): Limit {
  if (kind === "LIMIT_KIND_NONE") return { kind };
  if (kind === "LIMIT_KIND_SAME_WORKING_DAY") return { kind, outsideBy: limit?.outsideBy || OUTSIDE_DEFAULT };
  return { kind, amount: limit?.amount || 1, unit: limit?.unit && limit.unit !== "LIMIT_UNIT_UNSPECIFIED" ? limit.unit : "LIMIT_UNIT_DAY", sameTime: kind === "LIMIT_KIND_WORKING" && (limit?.sameTime ?? false) };
}

// A policy to be put: what the service fills in is left out, but for the etag.
export function toPut(policy: Policy): Policy {
  const { version: _version, updateTime: _time, updatedBy: _by, active: _active, appliesToOpen: _open, ...rest } = policy;
  return rest;
}
