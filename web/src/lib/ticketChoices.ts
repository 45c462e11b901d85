// What a ticket may be, in the order people look for it.
import type { TicketType, Urgency } from "@/api/types";

export const TYPES: TicketType[] = [
  "TICKET_TYPE_CONSULTATION",
  "TICKET_TYPE_HELP",
  "TICKET_TYPE_COMPLAINT",
  "TICKET_TYPE_REPORT",
  "TICKET_TYPE_SUGGESTION",
  "TICKET_TYPE_PRAISE",
];
export const URGENCIES: Urgency[] = ["URGENCY_ORDINARY", "URGENCY_URGENT", "URGENCY_CRITICAL"];
