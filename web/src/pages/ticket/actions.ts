// Which actions to offer, by role and by where the ticket stands. The service decides; this leaves out what it would refuse.
import type { Role, Ticket, TicketState, User } from "@/api/types";

export type ActionId =
  | "dispatch"
  | "sign"
  | "reply"
  | "requestReturn"
  | "decideReturn"
  | "review"
  | "callback"
  | "archive"
  | "refuse"
  | "remark";

interface Rule {
  id: ActionId;
  states: TicketState[] | "any";
  roles: Role[];
}

const CENTRE: Role[] = ["ROLE_AGENT", "ROLE_DISPATCHER", "ROLE_SUPERVISOR"];
const UNIT: Role[] = ["ROLE_OFFICER", "ROLE_UNIT_LEAD", "ROLE_UNIT_HEAD"];

// In the order in which they are offered: the step that moves the ticket on comes first.
const RULES: Rule[] = [
  { id: "dispatch", states: ["TICKET_STATE_ACCEPTED"], roles: [...CENTRE, "ROLE_ENTRY_CLERK"] },
  { id: "sign", states: ["TICKET_STATE_DISPATCHED"], roles: UNIT },
  { id: "reply", states: ["TICKET_STATE_SIGNED"], roles: UNIT },
  { id: "requestReturn", states: ["TICKET_STATE_DISPATCHED", "TICKET_STATE_SIGNED"], roles: UNIT },
  { id: "dispatch", states: ["TICKET_STATE_SIGNED"], roles: ["ROLE_OFFICER", "ROLE_UNIT_LEAD"] },
  { id: "decideReturn", states: ["TICKET_STATE_RETURN_REQUESTED"], roles: ["ROLE_DISPATCHER", "ROLE_SUPERVISOR"] },
  { id: "review", states: ["TICKET_STATE_REPLIED"], roles: CENTRE },
  { id: "callback", states: ["TICKET_STATE_CALLBACK"], roles: ["ROLE_AGENT", "ROLE_SUPERVISOR"] },
  { id: "archive", states: ["TICKET_STATE_CLOSED"], roles: CENTRE },
  { id: "refuse", states: ["TICKET_STATE_TRANSCRIBE", "TICKET_STATE_ACCEPTED"], roles: CENTRE },
  {
    id: "remark",
    states: "any",
    roles: [...CENTRE, "ROLE_OFFICER", "ROLE_UNIT_LEAD", "ROLE_COUNTY_SUPERVISOR", "ROLE_LEADER"],
  },
];

export function actionsFor(user: User | undefined, ticket: Pick<Ticket, "state">): ActionId[] {
  const roles = user?.roles ?? [];
  const state = ticket.state ?? "TICKET_STATE_UNSPECIFIED";
  return RULES.filter((r) => (r.states === "any" || r.states.includes(state)) && r.roles.some((role) => roles.includes(role)))
    .map((r) => r.id)
    .filter((id, i, all) => all.indexOf(id) === i);
}

export type Step = "accepted" | "dispatched" | "signed" | "replied" | "callback" | "closed" | "archived";
export const STEPS: Step[] = ["accepted", "dispatched", "signed", "replied", "callback", "closed", "archived"];

// How many steps are done, and whether the ticket left the line (refused).
export function progress(state: TicketState | undefined): number {
  switch (state) {
    case "TICKET_STATE_ACCEPTED":
    case "TICKET_STATE_REFUSED":
      return 1;
    case "TICKET_STATE_DISPATCHED":
    case "TICKET_STATE_RETURN_REQUESTED":
      return 2;
    case "TICKET_STATE_SIGNED":
      return 3;
    case "TICKET_STATE_REPLIED":
      return 4;
    case "TICKET_STATE_CALLBACK":
      return 4;
    case "TICKET_STATE_CLOSED":
      return 6;
    case "TICKET_STATE_ARCHIVED":
      return 7;
    default:
      return 0;
  }
}
