// The checks of the ticket form that need no server. They mirror the limits written in the contracts; the server has the
// last word and its field violations are shown beside the same fields.
import type { Channel, CreateTicketRequest, TicketType, Urgency } from "@/api/types";
import { serverNow } from "./clock";
import { checkPoint, pointOf } from "./coordinates";

export const TITLE_MAX = 100;
export const CONTENT_MAX = 5000;
export const NAME_MAX = 100;
export const PLACE_MAX = 200;
export const ANSWER_MAX = 5000;
export const PARTIES_MAX = 200;
export const TAGS_MAX = 20;
export const NATURES = ["dispute", "livelihood", "accident"];
export const CALLER_KINDS = ["citizen", "legal_person", "organisation"];

export interface TicketForm {
  type: TicketType;
  channel: Channel;
  title: string;
  content: string;
  categoryId: string;
  areaCode: string;
  place: string;
  longitude: string; // as typed, with latitude; both empty: no place on the map
  latitude: string;
  urgency: Urgency;
  callerName: string;
  callerPhone: string;
  anonymous: boolean;
  confidential: boolean;
  partyComplainedOf: string;
  answer: string;
  articleId: string;
  unitId: string;
  unitSource: string; // of the suggestion that was taken; empty: a choice of one's own
  nature: string;
  occurTime: string; // as <input type="datetime-local"> has it
  partiesConcerned: string;
  callerKind: string;
  callerWorkUnit: string;
  callerAddress: string;
  tags: string[];
  extra: Record<string, string>; // of the type's own fields (PLT-6)
}

export const EMPTY_TICKET: TicketForm = {
  type: "TICKET_TYPE_CONSULTATION",
  channel: "CHANNEL_PHONE",
  title: "",
  content: "",
  categoryId: "",
  areaCode: "",
  place: "",
  longitude: "",
  latitude: "",
  urgency: "URGENCY_ORDINARY",
  callerName: "",
  callerPhone: "",
  anonymous: false,
  confidential: false,
  partyComplainedOf: "",
  answer: "",
  articleId: "",
  unitId: "",
  unitSource: "",
  nature: "",
  occurTime: "",
  partiesConcerned: "",
  callerKind: "citizen",
  callerWorkUnit: "",
  callerAddress: "",
  tags: [],
  extra: {},
};

export type SaveKind = "register" | "answer" | "dispatch" | "later";
export type Fault = "required" | "tooLong" | "badPhone" | "badTime" | "badNumber" | "badLongitude" | "badLatitude" | "consultationOnly";
// A field of the form, or one of the type's own.
export type FieldKey = keyof TicketForm | `extra.${string}`;
export type Faults = Partial<Record<FieldKey, Fault>>;

const CLOCKS_DIFFER_MS = 60_000; // of the typed minute

// What the network and people write as a phone number, reduced to what the server takes.
export function cleanPhone(text: string): string {
  return text.replace(/[\s\-()\uff08\uff09]/g, "");
}

export function validPhone(text: string): boolean {
  return /^\+?\d{3,20}$/.test(text) && text.length <= 20;
}

// Characters, not UTF-16 units: the server counts code points.
function longer(text: string, max: number): boolean {
  return text.length > max && [...text].length > max;
}

export function checkTicket(form: TicketForm, kind: SaveKind): Faults {
  const faults: Faults = { ...checkPoint(form.longitude, form.latitude) };
  if (!form.title.trim()) faults.title = "required";
  else if (longer(form.title.trim(), TITLE_MAX)) faults.title = "tooLong";
  if (longer(form.content, CONTENT_MAX)) faults.content = "tooLong";
  if (longer(form.callerName, NAME_MAX)) faults.callerName = "tooLong";
  if (longer(form.place, PLACE_MAX)) faults.place = "tooLong";
  const phone = cleanPhone(form.callerPhone);
  if (phone && !validPhone(phone)) faults.callerPhone = "badPhone";
  if (longer(form.partyComplainedOf, PLACE_MAX)) faults.partyComplainedOf = "tooLong";
  if (longer(form.partiesConcerned, PARTIES_MAX)) faults.partiesConcerned = "tooLong";
  if (longer(form.callerAddress, PLACE_MAX)) faults.callerAddress = "tooLong";
  if (longer(form.callerWorkUnit, NAME_MAX)) faults.callerWorkUnit = "tooLong";
  if (form.occurTime && !(Date.parse(form.occurTime) <= serverNow() + CLOCKS_DIFFER_MS)) faults.occurTime = "badTime";
  if ((kind === "answer" || kind === "later") && form.type !== "TICKET_TYPE_CONSULTATION") faults.type = "consultationOnly";
  if (kind === "answer" && !form.answer.trim()) faults.answer = "required";
  if (longer(form.answer, ANSWER_MAX)) faults.answer = "tooLong";
  if (kind === "dispatch" && !form.unitId) faults.unitId = "required";
  return faults;
}

export function toRequest(
  form: TicketForm,
  kind: SaveKind,
  context: { requestId: string; callId: string; line: string },
  extra: Record<string, string> = {},
): CreateTicketRequest {
  const point = pointOf(form.longitude, form.latitude);
  const request: CreateTicketRequest = {
    requestId: context.requestId,
    ticket: {
      type: form.type,
      channel: form.channel,
      urgency: form.urgency,
      title: form.title.trim(),
      content: form.content.trim(),
      categoryId: form.categoryId,
      areaCode: form.areaCode,
      place: form.place.trim(),
      ...(point ?? {}),
      partyComplainedOf: form.partyComplainedOf.trim(),
      ...(form.nature ? { nature: form.nature } : {}),
      ...(form.partiesConcerned.trim() ? { partiesConcerned: form.partiesConcerned.trim() } : {}),
      ...(form.occurTime ? { occurTime: new Date(form.occurTime).toISOString() } : {}),
      ...(form.tags.length ? { tags: form.tags } : {}),
      ...(Object.keys(extra).length ? { extra } : {}),
      callId: context.callId,
      line: context.line,
      caller: {
        name: form.anonymous ? "" : form.callerName.trim(),
        phone: cleanPhone(form.callerPhone),
        anonymous: form.anonymous,
        confidential: form.confidential,
        ...(form.callerKind !== "citizen" ? { kind: form.callerKind } : {}),
        ...(form.callerWorkUnit.trim() && !form.anonymous ? { workUnit: form.callerWorkUnit.trim() } : {}),
        ...(form.callerAddress.trim() && !form.anonymous ? { address: form.callerAddress.trim() } : {}),
      },
    },
  };
  if (kind === "answer") {
    request.answer = form.answer.trim();
    request.articleId = form.articleId;
  }
  if (kind === "dispatch") {
    request.dispatchUnitId = form.unitId;
    if (form.unitSource) request.source = form.unitSource;
  }
  if (kind === "later") request.answerLater = true;
  return request;
}

// Where a field named by the server stands in the form.
const FIELDS: Record<string, keyof TicketForm> = {
  "ticket.type": "type",
  "ticket.title": "title",
  "ticket.content": "content",
  "ticket.category_id": "categoryId",
  "ticket.area_code": "areaCode",
  "ticket.place": "place",
  "ticket.longitude": "longitude",
  "ticket.latitude": "latitude",
  "ticket.urgency": "urgency",
  "ticket.caller.name": "callerName",
  "ticket.caller.phone": "callerPhone",
  "ticket.party_complained_of": "partyComplainedOf",
  "ticket.parties_concerned": "partiesConcerned",
  "ticket.nature": "nature",
  "ticket.occur_time": "occurTime",
  "ticket.tags": "tags",
  "ticket.caller.kind": "callerKind",
  "ticket.caller.work_unit": "callerWorkUnit",
  "ticket.caller.address": "callerAddress",
  answer: "answer",
  dispatch_unit_id: "unitId",
};

export function formField(serverField: string): FieldKey | undefined {
  const own = /(?:^|\.)extra\[([^\]]+)\]$/.exec(serverField)?.[1];
  if (own) return `extra.${own}`;
  const snake = serverField.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`);
  return FIELDS[snake];
}
