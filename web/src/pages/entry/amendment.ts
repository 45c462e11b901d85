// A ticket that is registered already in the entry desk's form, and what saving it there asks for (TKT-23).
import type { AmendTicketRequest, Ticket } from "@/api/types";
import { placeChange, typedPlace } from "@/lib/coordinates";
import { cleanPhone, EMPTY_TICKET, type TicketForm } from "@/lib/validate";

export function formOf(ticket: Ticket): TicketForm {
  return {
    ...EMPTY_TICKET,
    type: ticket.type ?? EMPTY_TICKET.type,
    channel: ticket.channel ?? EMPTY_TICKET.channel,
    title: ticket.title ?? "",
    content: ticket.content ?? "",
    categoryId: ticket.categoryId ?? "",
    areaCode: ticket.areaCode ?? "",
    place: ticket.place ?? "",
    ...typedPlace(ticket),
    urgency: ticket.urgency ?? EMPTY_TICKET.urgency,
    callerName: ticket.caller?.name ?? "",
    callerPhone: ticket.caller?.phone ?? "",
    anonymous: ticket.caller?.anonymous ?? false,
    confidential: ticket.caller?.confidential ?? false,
    partyComplainedOf: ticket.partyComplainedOf ?? "",
    tags: ticket.tags ?? [],
    extra: ticket.extra ?? {},
  };
}

export function amendment(ticket: Ticket, form: TicketForm, extra: Record<string, string>, note: string): AmendTicketRequest {
  return {
    etag: ticket.etag ?? "",
    type: form.type,
    title: form.title.trim(),
    content: form.content.trim(),
    categoryId: form.categoryId,
    urgency: form.urgency,
    areaCode: form.areaCode,
    place: form.place.trim(),
    ...placeChange(ticket, form),
    partyComplainedOf: form.partyComplainedOf.trim(),
    ...(Object.keys(extra).length ? { extra } : {}),
    // What is shown shortened is not written back so.
    ...(ticket.caller?.masked || form.anonymous ? {} : { callerName: form.callerName.trim(), callerPhone: cleanPhone(form.callerPhone) }),
    note,
  };
}
