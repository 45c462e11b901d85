// The form of a ticket's type as the city has it (PLT-6): which built-in fields must be given, and fields of its own.
import { useQuery } from "@tanstack/react-query";
import { getProcess } from "@/api/work";
import type { FormField, Process, TicketType } from "@/api/types";
import { cleanPhone, type FieldKey, type Fault, type TicketForm, validPhone } from "./validate";

const FRESH_MS = 5 * 60_000;
const TEXT_MAX = 1000;

export function useProcess(type: TicketType): Process | undefined {
  return useQuery({ queryKey: ["process", type], queryFn: () => getProcess(type), staleTime: FRESH_MS, enabled: type !== "TICKET_TYPE_UNSPECIFIED" }).data;
}

// Names of built-in fields, as a process requires them, by where they stand in the form.
const BUILT_IN: Record<string, keyof TicketForm> = {
  area_code: "areaCode", "caller.address": "callerAddress", "caller.name": "callerName", "caller.phone": "callerPhone", category_id: "categoryId", content: "content",
  party_complained_of: "partyComplainedOf", place: "place", tags: "tags",
};

export function requiredFields(process: Process | undefined): Set<FieldKey> {
  return new Set((process?.required ?? []).map((name) => BUILT_IN[name]).filter((key) => key !== undefined));
}

export const maxLength = (field: FormField): number => field.maxLength || TEXT_MAX;

function faultOf(field: FormField, value: string): Fault | undefined {
  if (!value) return field.required ? "required" : undefined;
  if (field.kind === "FORM_FIELD_KIND_NUMBER") return /^-?\d{1,18}(\.\d{1,9})?$/.test(value) ? undefined : "badNumber";
  if (field.kind === "FORM_FIELD_KIND_PHONE") return validPhone(cleanPhone(value)) ? undefined : "badPhone";
  if (field.kind === "FORM_FIELD_KIND_TEXT") return [...value].length > maxLength(field) ? "tooLong" : undefined;
  return undefined;
}

// What the type's form finds wrong, beside what is wrong for every type.
export function processFaults(form: TicketForm, process: Process | undefined): Partial<Record<FieldKey, Fault>> {
  const faults: Partial<Record<FieldKey, Fault>> = {};
  for (const key of requiredFields(process)) {
    // Who stays unnamed gives no name (TKT-2).
    if (form.anonymous && (key === "callerName" || key === "callerAddress")) continue;
    const value = form[key as keyof TicketForm];
    if (typeof value === "string" ? !value.trim() : Array.isArray(value) && value.length === 0) faults[key] = "required";
  }
  for (const field of process?.fields ?? []) {
    const fault = faultOf(field, (form.extra[field.fieldId ?? ""] ?? "").trim());
    if (fault) faults[`extra.${field.fieldId ?? ""}`] = fault;
  }
  return faults;
}

// Values of fields that the type's form has; those of another type that was chosen before are left out.
export function extraOf(form: TicketForm, process: Process | undefined): Record<string, string> {
  const extra: Record<string, string> = {};
  for (const field of process?.fields ?? []) {
    const id = field.fieldId ?? "";
    const value = (form.extra[id] ?? "").trim();
    if (value) extra[id] = field.kind === "FORM_FIELD_KIND_PHONE" ? cleanPhone(value) : value;
  }
  return extra;
}
