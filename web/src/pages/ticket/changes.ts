// What a history entry changed, in words: which fields are shown, how their values read, and which are technical.
import type { HistoryEntry } from "@/api/types";
import { decimals, placeOf } from "@/lib/coordinates";
import { exactTime } from "@/lib/format";

// Shown elsewhere in the entry, or of no use to a reader.
const HIDDEN = new Set([
  "number", "acceptance_number", "return_from", "process_version", "call_id", "recording_id", "longitude", "latitude", "approvals_given",
  "clock_id", "rated_call_id", "callback_call_id", "article_id", "group_id", "close_time", "step", "score", "accepted", "evidence", "due_time", "line", "document_id", "template_id", "ban_id",
]);
const ENUMS: Record<string, string[]> = {
  type: ["UNSPECIFIED", "CONSULTATION", "HELP", "COMPLAINT", "REPORT", "SUGGESTION", "PRAISE"].map((n) => `enum.type.TICKET_TYPE_${n}`),
  urgency: ["UNSPECIFIED", "ORDINARY", "URGENT", "CRITICAL"].map((n) => `enum.urgency.URGENCY_${n}`),
  channel: ["UNSPECIFIED", "PHONE", "IVR", "MAILBOX", "WEB", "SMS", "APP", "EMAIL", "LETTER", "KIOSK", "CHAT", "TRANSFER", "VISIT", "LEADER"].map((n) => `enum.channel.CHANNEL_${n}`),
  handling: ["UNSPECIFIED", "ANSWER", "PASS_ON", "ASSIGN", "COORDINATE", "REPORT_UP"].map((n) => `enum.handling.${n}`),
  repeat_mark: ["", "PROPOSED", "CONFIRMED", "REJECTED"].map((n) => (n ? `enum.repeat.REPEAT_MARK_${n}` : "change.none")),
  rating_state: ["", "TO_REVIEW", "UPHELD", "DISMISSED"].map((n) => (n ? `enum.rating.RATING_STATE_${n}` : "change.none")),
  rating: ["", "very_satisfied", "satisfied", "neutral", "dissatisfied", "very_dissatisfied"].map((n) => (n ? `enum.satisfaction.${n}` : "change.none")),
  supervision_level: ["", "urging_notice", "supervision_order", "criticism", "coordination_meeting", "talk"].map((n) => (n ? `choice.measure.${n}` : "change.none")),
};
const SETS: Record<string, string> = {
  outcome: "choice.outcome", handover_status: "choice.handover", handover_body: "choice.body", refuse_reason: "refusal", close_reason: "closeReason", satisfaction: "enum.satisfaction",
  satisfaction_result: "enum.satisfaction", satisfaction_attitude: "enum.satisfaction", measure: "choice.measure", nature: "choice.nature", "caller.kind": "choice.callerKind", by: "choice.by",
};
const UNITS = new Set(["unit_id", "responsible_unit_id", "suggested_unit_id", "returned_by", "passed_up_by"]);
const TIMES = new Set(["occur_time", "extension_due", "until_time"]);
const PAIRS = new Set(["opinions", "links", "extra"]);
const LONG = 120;

export interface Words {
  text: (key: string, fallback: string) => string; // a translation, or the fallback where there is none
  unit: (id: string) => string;
  category: (id: string) => string;
  area: (code: string) => string;
}

// Splits at the separator; '\\' stands before one that is part of the text.
function split(text: string, separator: string): string[] {
  if (!text) return [];
  if (text === "\\e") return [""];
  const parts = [""];
  for (let i = 0; i < text.length; i += 1) {
    const c = text[i] ?? "";
    if (c === separator) parts.push("");
    else parts[parts.length - 1] += c === "\\" ? (text[(i += 1)] ?? "") : c;
  }
  return parts;
}

// "a=b,c=d": each pair is joined first, then the list.
export function pairs(text: string): [string, string][] {
  return split(text, ",").map((part) => {
    const [first = "", second = ""] = split(part, "=");
    return [first, second];
  });
}

function pairWords(field: string, value: string, w: Words): string {
  return pairs(value)
    .map(([first, second]) => {
      if (field === "opinions") return `${w.unit(first)}${w.text("common.colon", ": ")}${second}`;
      if (field === "links") return `${w.text(`choice.link.${second}`, second)} ${first.slice(0, 8)}`;
      return `${first}${w.text("common.colon", ": ")}${second}`;
    })
    .join(w.text("common.comma", ", "));
}

export function valueWords(field: string, value: string, w: Words): string {
  if (value === "*") return w.text("change.hidden", "");
  if (value === "") return w.text("change.none", "");
  if (ENUMS[field]) return w.text(ENUMS[field][Number(value)] ?? "", value);
  if (field === "rule") return w.text(`rule.${value.split(":")[0]}`, value); // "catalogue:<version>/<entry>"
  if (SETS[field]) return w.text(`${SETS[field]}.${value}`, value);
  if (UNITS.has(field)) return w.unit(value);
  if (field === "co_unit_ids") return split(value, ",").map(w.unit).join(w.text("common.comma", ", "));
  if (TIMES.has(field)) return exactTime(value);
  if (PAIRS.has(field)) return pairWords(field, value, w);
  if (field === "category_id") return w.category(value);
  if (field === "area_code") return w.area(value);
  if (value === "true" || value === "false") return w.text(value === "true" ? "change.yes" : "change.no", value);
  return value.length > LONG ? `${value.slice(0, LONG)}…` : value;
}

const placeIn = (fields: Record<string, string>) => placeOf({ longitude: Number(fields.longitude ?? 0), latitude: Number(fields.latitude ?? 0) });

// Where the matter lies on the map, if the entry says so: one line for both degrees, of which one alone may have changed.
function placeMoved(changes: Record<string, string>, w: Words, before: Record<string, string>): Changed[] {
  if (changes.longitude === undefined && changes.latitude === undefined) return [];
  const words = (fields: Record<string, string>) => {
    const point = placeIn(fields);
    return point && `${w.text("map.longitude", "")} ${decimals(point).longitude}${w.text("common.comma", ", ")}${w.text("map.latitude", "")} ${decimals(point).latitude}`;
  };
  const was = words(before);
  return [{ name: w.text("map.title", ""), value: words({ ...before, ...changes }) ?? w.text("change.none", ""), ...(was ? { was } : {}) }];
}

export interface Changed {
  name: string;
  value: string;
  was?: string; // what stood there before, where an earlier entry says so
}

// The changed fields of an entry that a reader wants to see, with names. A text that is the entry's note is not repeated.
// `before` has the fields as earlier entries left them.
export function changedFields(entry: Pick<HistoryEntry, "changes" | "note" | "action">, w: Words, before: Record<string, string> = {}): Changed[] {
  const fields = Object.entries(entry.changes ?? {})
    .filter(([field, value]) => !HIDDEN.has(field) && value !== entry.note)
    .filter(([field, value]) => entry.action !== "created" || (value !== "*" && value !== "" && !["title", "content"].includes(field)))
    .map(([field, value]) => {
      const old = before[field];
      const shown = { name: w.text(`change.field.${field.replace(".", "_")}`, field), value: valueWords(field, value, w) };
      return old && old !== "*" && value !== "*" && old !== value ? { ...shown, was: valueWords(field, old, w) } : shown;
    });
  return [...fields, ...placeMoved(entry.changes ?? {}, w, before)];
}

// The fields as they stood before each entry, oldest first.
export function standings(entries: Pick<HistoryEntry, "changes">[]): Record<string, string>[] {
  const now: Record<string, string> = {};
  return entries.map((entry) => {
    const before = { ...now };
    Object.assign(now, entry.changes);
    return before;
  });
}
