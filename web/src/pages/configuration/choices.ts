// What may be chosen where things are configured, in the order people look for it.
import type { FormFieldKind, LimitKind, LimitUnit, Trigger } from "@/api/configuration";
import type { Channel } from "@/api/types";

export { TYPES, URGENCIES } from "@/lib/ticketChoices";
export const CHANNELS: Channel[] = [
  "CHANNEL_PHONE", "CHANNEL_IVR", "CHANNEL_MAILBOX", "CHANNEL_WEB", "CHANNEL_SMS", "CHANNEL_APP", "CHANNEL_EMAIL", "CHANNEL_LETTER", "CHANNEL_KIOSK", "CHANNEL_CHAT", "CHANNEL_TRANSFER", "CHANNEL_VISIT", "CHANNEL_LEADER",
];

// Of a form (PLT-6).
export const BUILT_IN_FIELDS = ["category_id", "area_code", "place", "content", "party_complained_of", "caller.name", "caller.phone", "caller.address", "tags"] as const;
export const FIELD_KINDS: FormFieldKind[] = ["FORM_FIELD_KIND_TEXT", "FORM_FIELD_KIND_NUMBER", "FORM_FIELD_KIND_DATE", "FORM_FIELD_KIND_CHOICE", "FORM_FIELD_KIND_YES_NO", "FORM_FIELD_KIND_PHONE"];
export const APPROVALS = ["unit_lead", "unit_head"] as const;
export const DECIDERS = ["dispatcher", "supervisor"] as const;

// Of a policy (SLA-10).
export const TRIGGERS: Trigger[] = [
  "TRIGGER_CREATED", "TRIGGER_DEFERRED", "TRIGGER_DISPATCHED", "TRIGGER_SIGNED", "TRIGGER_RETURN_REQUESTED", "TRIGGER_RETURN_ACCEPTED", "TRIGGER_RETURN_REFUSED", "TRIGGER_CONTACTED", "TRIGGER_CONTACT_TRIED", "TRIGGER_PROGRESS_REPORTED",
  "TRIGGER_REPLIED", "TRIGGER_REVIEW_ACCEPTED", "TRIGGER_REVIEW_REJECTED", "TRIGGER_CALLBACK_REACHED", "TRIGGER_CALLBACK_UNREACHED", "TRIGGER_REWORKED", "TRIGGER_REOPENED", "TRIGGER_REPORTED_UP", "TRIGGER_INSTRUCTED", "TRIGGER_COORDINATED",
  "TRIGGER_HANDED_OVER", "TRIGGER_HANDOVER_DECLINED", "TRIGGER_HANDOVER_DONE", "TRIGGER_MERGED", "TRIGGER_SPLIT",
];
export const LIMIT_KINDS: LimitKind[] = ["LIMIT_KIND_WORKING", "LIMIT_KIND_NATURAL", "LIMIT_KIND_SAME_WORKING_DAY", "LIMIT_KIND_NONE"];
export const LIMIT_UNITS: LimitUnit[] = ["LIMIT_UNIT_SECOND", "LIMIT_UNIT_MINUTE", "LIMIT_UNIT_HOUR", "LIMIT_UNIT_DAY"];
export const ADDRESSEES = ["unit", "unit_lead", "unit_head", "county", "supervision", "leader"] as const;

// Of scripts (TKT-22).
export const SCRIPT_KINDS = ["say", "ask", "check"] as const;
export const SCRIPT_FIELDS = ["type", "title", "content", "category_id", "area_code", "place", "occur_time", "party_complained_of", "parties_concerned", "urgency", "caller.name", "caller.phone", "caller.address"] as const;
