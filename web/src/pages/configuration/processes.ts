// Forms and steps of a type (PLT-6) as lines, so that versions can be held against one another, and what typing may not leave.
import type { FormField, Process } from "@/api/configuration";
import type { Lines } from "./differences";

export const NEW_FIELD: FormField = { fieldId: "", name: "", nameEn: "", kind: "FORM_FIELD_KIND_TEXT", required: false, choices: [], maxLength: 0 };

export interface ProcessTexts {
  required: string;
  builtIn: (name: string) => string;
  field: (name: string) => string; // "Own field: …"
  kind: (kind: FormField["kind"]) => string;
  must: string;
  option: (name: OptionName) => string;
  yesNo: (yes: boolean) => string;
  approval: (role: string) => string;
  decider: (name: string) => string;
  none: string;
  comma: string;
}
export type OptionName = "review" | "callback" | "approvals" | "returnDecider" | "extensionDecider" | "arbitrationAfter" | "maxRework" | "reopenDays";

export function processLines(process: Process, texts: ProcessTexts): Lines {
  const list = (items: string[]) => items.join(texts.comma) || texts.none;
  const lines: Lines = [
    [texts.required, list([...(process.required ?? [])].sort().map(texts.builtIn))],
    [texts.option("review"), texts.yesNo(!!process.review)],
    [texts.option("callback"), texts.yesNo(!!process.callback)],
    [texts.option("approvals"), list((process.approvals ?? []).map(texts.approval))],
    [texts.option("returnDecider"), texts.decider(process.returnDecider ?? "")],
    [texts.option("extensionDecider"), texts.decider(process.extensionDecider ?? "")],
    [texts.option("arbitrationAfter"), String(process.arbitrationAfter ?? 0)],
    [texts.option("maxRework"), String(process.maxRework ?? 0)],
    [texts.option("reopenDays"), String(process.reopenDays ?? 0)],
  ];
  (process.fields ?? []).forEach((field, i) => {
    const more = [texts.kind(field.kind), field.required ? texts.must : "", (field.choices ?? []).join(texts.comma), field.maxLength ? String(field.maxLength) : "", field.nameEn ?? ""];
    lines.push([texts.field(field.fieldId ?? ""), [`${i + 1}. ${field.name ?? ""}`, ...more.filter(Boolean)].join(" · ")]);
  });
  return lines;
}

// What a kind does not have is left out, or the service would refuse it.
export function withKind(field: FormField, kind: FormField["kind"]): FormField {
  return { ...field, kind, choices: kind === "FORM_FIELD_KIND_CHOICE" ? (field.choices ?? []) : [], maxLength: kind === "FORM_FIELD_KIND_TEXT" ? (field.maxLength ?? 0) : 0 };
}

// In the order in which a unit approves: from below.
export function approvalsOf(lead: boolean, head: boolean): string[] {
  return [...(lead ? ["unit_lead"] : []), ...(head ? ["unit_head"] : [])];
}

// A version of old taken as the next draft keeps the draft's own etag.
export function asDraft(version: Process, draft: Process): Process {
  return { ...version, etag: draft.etag ?? "" };
}
