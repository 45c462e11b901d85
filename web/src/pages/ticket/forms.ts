// What each command on a ticket asks for, as data: one form draws them all, with the limits that the service has.
import type { Ticket, TicketCommands } from "@/api/types";
import { checkPoint, placeChange, type TypedPoint, typedPlace } from "@/lib/coordinates";
import type { ActionId } from "./actions";

export const NOTE_MAX = 1000;
export const TEXT_MAX = 5000;
export const NAME_MAX = 100;
export const REFERENCE_MAX = 64;
export const CO_UNITS_MAX = 10;

export type Value = string | boolean | string[];
export type Values = Record<string, Value>;

export interface FieldSpec {
  name: string; // of the command's body
  label: string; // key of `field.…`
  kind: "text" | "line" | "choice" | "choices" | "unit" | "units" | "category" | "area" | "time" | "check" | "ticket" | "evidence" | "point";
  max?: number;
  rows?: number;
  required?: boolean | ((values: Values) => boolean);
  options?: string[]; // of `choice.<set>.…`, or as optionsOf says
  set?: string; // which set the options are named in
  initial?: (ticket: Ticket) => Value;
}

export interface SendSpec {
  label: string; // key of `action.…`
  set?: Values; // what this button adds
  needs?: string[]; // fields that only this button needs
  danger?: boolean;
}

export interface FormSpec {
  lead?: string; // key of `explain.…`
  fields: FieldSpec[];
  sends?: SendSpec[]; // absent: one button named by the action
  danger?: boolean;
  fixed?: (ticket: Ticket) => Values; // beside what is asked
}

export const BODIES = ["110", "119", "120", "122", "water", "power", "gas", "court", "procuratorate", "discipline"];
export const REFUSALS = ["outside_city", "emergency", "litigation", "secret", "public_order", "too_vague"];
export const MEASURES = ["urging_notice", "supervision_order", "criticism", "coordination_meeting", "talk"];
export const ADDRESSEES = ["unit", "unit_lead", "unit_head", "county", "supervision", "leader"];
export const OUTCOMES = ["resolved", "explained", "not_feasible"];
export const LINKS = ["duplicate", "related", "follow_up"];
export const SATISFACTIONS = ["very_satisfied", "satisfied", "neutral", "dissatisfied", "very_dissatisfied"];

const note = (required: boolean, label = "note"): FieldSpec => ({ name: "note", label, kind: "text", max: NOTE_MAX, required });
const text = (name: string, label: string, max = NOTE_MAX, rows = 3): FieldSpec => ({ name, label, kind: "text", max, rows, required: true });
const choice = (name: string, label: string, set: string, options: string[], required = true): FieldSpec => ({ name, label, kind: "choice", set, options, required });
const check = (name: string, label: string): FieldSpec => ({ name, label, kind: "check" });
const yesNo = (name: string, label: string): FieldSpec => choice(name, label, "yesNo", ["yes", "no"]);
const decide = (id: string, field = "accepted", needs: string[] = ["note"], both = false): SendSpec[] => [
  { label: `${id}Yes`, set: { [field]: true }, needs: both ? needs : [] },
  { label: `${id}No`, set: { [field]: false }, needs, danger: true },
];

const UNITS: FieldSpec[] = [
  { name: "unitId", label: "unit", kind: "unit", required: true },
  { name: "coUnitIds", label: "coUnits", kind: "units" },
];

export const FORMS: Record<Exclude<ActionId, "recordCallback">, FormSpec> = {
  amend: {
    lead: "amend",
    fields: [
      { name: "title", label: "title", kind: "line", max: NAME_MAX, required: true, initial: (t) => t.title ?? "" },
      { name: "content", label: "content", kind: "text", max: TEXT_MAX, rows: 4, initial: (t) => t.content ?? "" },
      { name: "categoryId", label: "category", kind: "category", initial: (t) => t.categoryId ?? "" },
      { name: "areaCode", label: "area", kind: "area", initial: (t) => t.areaCode ?? "" },
      { name: "place", label: "place", kind: "line", max: 200, initial: (t) => t.place ?? "" },
      { name: "point", label: "point", kind: "point", initial: (t) => pointValue(typedPlace(t)) },
      note(false),
    ],
  },
  dispatch: { fields: [...UNITS, note(false, "noteToUnit")] },
  answer: { lead: "answer", fields: [text("text", "answer", TEXT_MAX, 6), check("told", "told")] },
  defer: { lead: "defer", fields: [note(false)] },
  refuse: { danger: true, fields: [choice("reason", "refuseReason", "refusal", REFUSALS), note(true, "toldCitizen"), { name: "referredTo", label: "referredTo", kind: "line", max: NAME_MAX }] },
  coordinate: { fields: [note(true, "coordinate")] },
  reportUp: { fields: [{ name: "to", label: "reportTo", kind: "line", max: NAME_MAX }, text("text", "reportText")] },
  instruct: { fields: [text("text", "instruction")] },
  handOver: { lead: "handOver", fields: [choice("body", "body", "body", BODIES), note(true, "handOverNote")] },
  updateHandover: {
    fields: [
      choice("status", "handoverStatus", "handover", ["received", "in_process", "done", "declined"]),
      { name: "reference", label: "reference", kind: "line", max: REFERENCE_MAX, initial: (t) => t.handoverReference ?? "" },
      { ...note(false, "handoverAnswer"), required: (v) => v.status === "done" || v.status === "declined" },
    ],
  },
  setUrgency: { fields: [choice("urgency", "urgency", "urgency", ["URGENCY_ORDINARY", "URGENCY_URGENT", "URGENCY_CRITICAL"]), note(true, "why")] },
  setConfidential: { lead: "setConfidential", fields: [note(true, "why")], fixed: (t) => ({ confidential: !t.caller?.confidential }) },
  withdraw: { danger: true, lead: "withdraw", fields: [note(true, "citizenSaid")] },
  sign: { lead: "sign", fields: [] },
  requestReturn: { danger: true, fields: [text("reason", "returnReason"), { name: "suggestedUnitId", label: "suggestedUnit", kind: "unit" }] },
  decideReturn: { fields: [note(true, "decideNote"), check("improper", "improper")], sends: decide("decideReturn", "accepted", ["note"], true) },
  arbitrateReturn: { lead: "arbitrateReturn", fields: [...UNITS, note(true, "why"), check("improper", "improper")] },
  passUp: { lead: "passUp", fields: [text("reason", "why")] },
  recordContact: { fields: [yesNo("reached", "reached"), note(false, "contactNote")] },
  reportProgress: { fields: [text("text", "progress"), check("tellCitizen", "tellCitizen")] },
  giveOpinion: { lead: "giveOpinion", fields: [text("text", "opinion")] },
  recordMediation: { fields: [yesNo("agreed", "agreed"), text("text", "mediation", TEXT_MAX)] },
  requestExtension: { lead: "requestExtension", fields: [{ name: "dueTime", label: "promised", kind: "time", required: true }, text("reason", "extensionReason")] },
  decideExtension: { fields: [{ name: "dueTime", label: "earlierDue", kind: "time" }, note(false, "decideNote")], sends: decide("decideExtension") },
  reply: {
    lead: "reply",
    fields: [text("text", "replyText", TEXT_MAX, 6), { ...choice("outcome", "outcome", "outcome", OUTCOMES), initial: () => "resolved" }, { name: "attachmentIds", label: "evidence", kind: "evidence" }, { name: "internalNote", label: "internalNote", kind: "text", max: NOTE_MAX, rows: 2 }],
  },
  approveReply: { lead: "approveReply", fields: [note(false, "approvalNote")], sends: decide("approveReply") },
  reviewReply: { fields: [note(false, "reviewNote"), check("opinionRisk", "opinionRisk")], sends: decide("reviewReply") },
  archive: { lead: "archive", fields: [] },
  reopen: { fields: [text("reason", "reopenReason")] },
  rate: { lead: "rate", fields: [choice("score", "score", "score", ["1", "2", "3", "4", "5"]), { name: "comment", label: "citizenSaid", kind: "text", max: NOTE_MAX }] },
  reviewRating: { lead: "reviewRating", fields: [note(true, "decideNote")], sends: decide("reviewRating", "upheld", ["note"], true) },
  publish: { lead: "publish", fields: [{ ...text("text", "publicText", TEXT_MAX, 5), initial: (t) => t.published || t.answer || "" }] },
  unpublish: { danger: true, fields: [note(true, "why")] },
  supervise: {
    fields: [
      choice("measure", "measure", "measure", MEASURES),
      text("text", "superviseText"),
      { name: "addressees", label: "addressees", kind: "choices", set: "addressee", options: ADDRESSEES, initial: () => ["unit", "unit_lead"] },
    ],
  },
  endSupervision: { fields: [note(true, "why")] },
  merge: { lead: "merge", fields: [{ name: "groupTicketId", label: "groupTicket", kind: "ticket", required: true }, note(true, "why")] },
  split: { lead: "split", fields: [note(true, "why")] },
  link: { fields: [{ name: "otherTicketId", label: "otherTicket", kind: "ticket", required: true }, { ...choice("kind", "linkKind", "link", LINKS), initial: () => "duplicate" }, note(false)] },
  unlink: { fields: [{ name: "otherTicketId", label: "otherTicket", kind: "choice", set: "links", required: true }, note(false)] },
  markRepeat: { lead: "markRepeat", fields: [text("reason", "why")] },
  reviewRepeat: { fields: [note(true, "decideNote")], sends: decide("reviewRepeat", "confirmed", ["note"], true) },
  addRemark: { fields: [{ ...choice("kind", "remarkKind", "remark", ["remark", "urging"]), initial: () => "remark" }, text("text", "remark")] },
};

// A place on the map among the values: longitude and latitude as typed.
export const pointValue = ({ longitude, latitude }: TypedPoint): string[] => [longitude, latitude];
export function typedPoint(value: Value | undefined): TypedPoint {
  const [longitude = "", latitude = ""] = Array.isArray(value) ? value : [];
  return { longitude, latitude };
}

export function initialValues(spec: FormSpec, ticket: Ticket): Values {
  return Object.fromEntries(spec.fields.map((f) => [f.name, f.initial?.(ticket) ?? (f.kind === "check" ? false : f.kind === "units" || f.kind === "choices" || f.kind === "evidence" ? [] : "")]));
}

const filled = (value: Value | undefined): boolean => (typeof value === "string" ? value.trim() !== "" : Array.isArray(value) ? value.length > 0 : value !== undefined);
const tooLong = (value: Value | undefined, max: number): boolean => typeof value === "string" && value.length > max && [...value.trim()].length > max;

export type FormFault = "required" | "tooLong" | "tooMany" | "badLongitude" | "badLatitude";

// What keeps a form from being sent by this button. A place's faults stand at longitude and latitude.
export function faultsOf(spec: FormSpec, send: SendSpec, values: Values): Record<string, FormFault> {
  const faults: Record<string, FormFault> = {};
  for (const f of spec.fields) {
    const value = values[f.name];
    if (f.kind === "point") {
      const { longitude, latitude } = typedPoint(value);
      Object.assign(faults, checkPoint(longitude, latitude));
      continue;
    }
    const required = (typeof f.required === "function" ? f.required(values) : !!f.required) || !!send.needs?.includes(f.name);
    if (required && !filled(value)) faults[f.name] = "required";
    else if (f.max && tooLong(value, f.max)) faults[f.name] = "tooLong";
    else if (f.kind === "units" && Array.isArray(value) && value.length > CO_UNITS_MAX) faults[f.name] = "tooMany";
  }
  return faults;
}

// The command's body: texts trimmed, what is empty left out, yes and no as truth values.
export function bodyOf(spec: FormSpec, send: SendSpec, values: Values, ticket: Ticket): TicketCommands["defer"] {
  const body: Record<string, unknown> = { ...(ticket.etag ? { etag: ticket.etag } : {}) };
  for (const f of spec.fields) {
    const value = values[f.name];
    if (f.kind === "point") Object.assign(body, placeChange(ticket, typedPoint(value)));
    if (f.kind === "point" || !filled(value)) continue;
    if (f.set === "yesNo") body[f.name] = value === "yes";
    else if (f.set === "score") body[f.name] = Number(value);
    else if (f.kind === "time") body[f.name] = new Date(String(value)).toISOString();
    else body[f.name] = typeof value === "string" ? value.trim() : value;
  }
  return { ...body, ...spec.fixed?.(ticket), ...send.set } as TicketCommands["defer"];
}

export const NO_ETAG: ActionId[] = ["addRemark"]; // takes none
