// Which actions to offer, by role, by unit and by where the ticket stands: docs/ticket-states.md and the roles of each call,
// as one table. The service decides; this leaves out what it would refuse.
import type { Role, Ticket, TicketState, User } from "@/api/types";

export type ActionId =
  | "dispatch" | "sign" | "reply" | "approveReply" | "giveOpinion" | "arbitrateReturn" | "decideReturn" | "decideExtension" | "reviewReply" | "recordCallback"
  | "answer" | "updateHandover" | "reviewRating" | "reviewRepeat" | "archive" | "split"
  | "amend" | "defer" | "coordinate" | "reportUp" | "handOver" | "refuse" | "requestExtension" | "requestReturn" | "reportProgress" | "recordContact"
  | "recordMediation" | "passUp" | "instruct" | "supervise" | "endSupervision" | "reopen" | "rate" | "publish" | "unpublish"
  | "setUrgency" | "setConfidential" | "withdraw" | "merge" | "link" | "unlink" | "markRepeat" | "addRemark";

// How the user must stand to the ticket beside the role: of the unit that leads it, or of one that handles it too.
type Relation = "lead" | "co";

interface Rule {
  id: ActionId;
  states: TicketState[];
  roles: Role[];
  next?: boolean; // a step that moves the ticket on; the others stand behind them
  by?: Relation;
  when?: (ticket: Partial<Ticket>) => boolean;
}

type Short =
  | "TRANSCRIBE" | "ACCEPTED" | "DISPATCHED" | "SIGNED" | "RETURN_REQUESTED" | "REPLIED" | "CALLBACK" | "CLOSED" | "ARCHIVED" | "REFUSED" | "ANSWER_LATER"
  | "REPORTED_UP" | "COORDINATION" | "ARBITRATION" | "APPROVAL" | "MERGED" | "HANDED_OVER";
const SHORT: Short[] = [
  "TRANSCRIBE", "ACCEPTED", "DISPATCHED", "SIGNED", "RETURN_REQUESTED", "REPLIED", "CALLBACK", "CLOSED", "ARCHIVED", "REFUSED", "ANSWER_LATER",
  "REPORTED_UP", "COORDINATION", "ARBITRATION", "APPROVAL", "MERGED", "HANDED_OVER",
];
const of = (...names: Short[]): TicketState[] => names.map((n) => `TICKET_STATE_${n}` as TicketState);
const allBut = (...names: Short[]): TicketState[] => of(...SHORT.filter((n) => !names.includes(n)));

export const ALL_STATES = of(...SHORT);
export const OPEN_STATES = allBut("CLOSED", "ARCHIVED", "REFUSED");
const KEPT = allBut("ARCHIVED");

const CENTRE: Role[] = ["ROLE_AGENT", "ROLE_DISPATCHER", "ROLE_SUPERVISOR"];
const DESK: Role[] = ["ROLE_DISPATCHER", "ROLE_SUPERVISOR"];
const UNIT: Role[] = ["ROLE_OFFICER", "ROLE_UNIT_LEAD", "ROLE_UNIT_HEAD"];
const WATCH: Role[] = ["ROLE_SUPERVISOR", "ROLE_COUNTY_SUPERVISOR"];
const SUPERVISOR: Role[] = ["ROLE_SUPERVISOR"];

// In the order in which they are offered.
const RULES: Rule[] = [
  { id: "dispatch", states: of("ACCEPTED", "ANSWER_LATER", "COORDINATION"), roles: [...CENTRE, "ROLE_ENTRY_CLERK"], next: true },
  { id: "answer", states: of("ACCEPTED", "ANSWER_LATER"), roles: CENTRE, next: true, when: (t) => t.type === "TICKET_TYPE_CONSULTATION" },
  { id: "amend", states: of("TRANSCRIBE"), roles: [...CENTRE, "ROLE_ENTRY_CLERK"], next: true },
  { id: "sign", states: of("DISPATCHED"), roles: UNIT, by: "lead", next: true },
  { id: "reply", states: of("SIGNED"), roles: UNIT, by: "lead", next: true },
  { id: "approveReply", states: of("APPROVAL"), roles: UNIT, by: "lead", next: true },
  { id: "giveOpinion", states: of("DISPATCHED", "SIGNED", "APPROVAL"), roles: UNIT, by: "co", next: true },
  { id: "requestReturn", states: of("DISPATCHED", "SIGNED"), roles: UNIT, by: "lead", next: true, when: (t) => !t.returnBarred && !t.returnClosed },
  { id: "requestExtension", states: of("SIGNED"), roles: UNIT, by: "lead", next: true, when: (t) => !t.extensionDueTime },
  { id: "decideReturn", states: of("RETURN_REQUESTED"), roles: DESK, next: true },
  { id: "arbitrateReturn", states: of("ARBITRATION"), roles: SUPERVISOR, next: true },
  { id: "decideExtension", states: of("SIGNED"), roles: DESK, next: true, when: (t) => !!t.extensionDueTime },
  { id: "reviewReply", states: of("REPLIED"), roles: CENTRE, next: true },
  { id: "recordCallback", states: of("CALLBACK"), roles: ["ROLE_AGENT"], next: true, when: (t) => !t.leaderInstructed },
  { id: "recordCallback", states: of("CALLBACK"), roles: SUPERVISOR, next: true },
  { id: "updateHandover", states: of("HANDED_OVER"), roles: CENTRE, next: true },
  { id: "split", states: of("MERGED"), roles: DESK, next: true },
  { id: "reviewRating", states: of("CLOSED"), roles: SUPERVISOR, next: true, when: (t) => t.ratingState === "RATING_STATE_TO_REVIEW" },
  { id: "reviewRepeat", states: KEPT, roles: SUPERVISOR, next: true, when: (t) => t.repeatMark === "REPEAT_MARK_PROPOSED" },
  { id: "archive", states: of("CLOSED", "REFUSED"), roles: CENTRE, next: true, when: (t) => t.ratingState !== "RATING_STATE_TO_REVIEW" },
  { id: "dispatch", states: of("DISPATCHED"), roles: [...CENTRE, "ROLE_ENTRY_CLERK"] },
  { id: "dispatch", states: of("DISPATCHED", "SIGNED"), roles: ["ROLE_OFFICER", "ROLE_UNIT_LEAD"], by: "lead" },
  { id: "amend", states: of("ACCEPTED", "ANSWER_LATER"), roles: [...CENTRE, "ROLE_ENTRY_CLERK"] },
  { id: "defer", states: of("TRANSCRIBE", "ACCEPTED"), roles: CENTRE, when: (t) => t.type === "TICKET_TYPE_CONSULTATION" },
  { id: "refuse", states: of("TRANSCRIBE", "ACCEPTED", "ANSWER_LATER", "COORDINATION"), roles: CENTRE },
  { id: "coordinate", states: of("ACCEPTED", "REPORTED_UP"), roles: DESK },
  { id: "reportUp", states: of("ACCEPTED", "COORDINATION"), roles: DESK },
  { id: "instruct", states: OPEN_STATES, roles: ["ROLE_LEADER", "ROLE_SUPERVISOR"] },
  { id: "reportProgress", states: of("SIGNED"), roles: UNIT, by: "lead" },
  { id: "recordContact", states: of("DISPATCHED", "SIGNED"), roles: UNIT, by: "lead" },
  { id: "recordMediation", states: of("SIGNED"), roles: UNIT, by: "lead", when: (t) => t.type === "TICKET_TYPE_COMPLAINT" || t.nature === "dispute" },
  { id: "handOver", states: of("ACCEPTED"), roles: CENTRE },
  { id: "handOver", states: of("SIGNED"), roles: CENTRE },
  { id: "handOver", states: of("SIGNED"), roles: UNIT, by: "lead" },
  { id: "passUp", states: of("DISPATCHED", "SIGNED"), roles: [...UNIT, "ROLE_COUNTY_SUPERVISOR"], by: "lead" },
  { id: "supervise", states: allBut("TRANSCRIBE", "CLOSED", "ARCHIVED", "REFUSED", "MERGED"), roles: WATCH },
  { id: "endSupervision", states: KEPT, roles: WATCH, when: (t) => !!t.supervised },
  { id: "reopen", states: of("CLOSED"), roles: CENTRE },
  { id: "rate", states: of("CLOSED"), roles: CENTRE, when: (t) => !t.rating },
  { id: "publish", states: of("CLOSED", "ARCHIVED"), roles: DESK, when: (t) => t.type !== "TICKET_TYPE_REPORT" && !t.caller?.anonymous && !t.caller?.confidential },
  { id: "unpublish", states: of("CLOSED", "ARCHIVED"), roles: DESK, when: (t) => !!t.published },
  { id: "setUrgency", states: OPEN_STATES, roles: CENTRE },
  { id: "setConfidential", states: KEPT, roles: CENTRE },
  { id: "merge", states: of("ACCEPTED", "DISPATCHED", "SIGNED"), roles: DESK },
  { id: "link", states: KEPT, roles: CENTRE },
  { id: "unlink", states: KEPT, roles: CENTRE, when: (t) => !!t.links?.length },
  { id: "markRepeat", states: KEPT, roles: CENTRE, when: (t) => !t.repeatMark || t.repeatMark === "REPEAT_MARK_UNSPECIFIED" },
  { id: "withdraw", states: allBut("CLOSED", "ARCHIVED", "REFUSED", "MERGED", "HANDED_OVER"), roles: CENTRE },
  { id: "addRemark", states: KEPT, roles: [...CENTRE, "ROLE_OFFICER", "ROLE_UNIT_LEAD", "ROLE_COUNTY_SUPERVISOR", "ROLE_LEADER"] },
];

export interface Offered {
  next: ActionId[];
  more: ActionId[];
}

// Whether the unit is the user's own or below it. Without knowing the tree, the service is left to say.
export type Within = (unitId: string) => boolean;
const ANY: Within = () => true;

function related(by: Relation | undefined, ticket: Partial<Ticket>, within: Within): boolean {
  if (by === "lead") return within(ticket.unitId ?? "");
  if (by === "co") return !!ticket.coUnitIds?.some(within);
  return true;
}

export function actionsFor(user: User | undefined, ticket: Partial<Ticket>, within: Within = ANY): Offered {
  const roles = user?.roles ?? [];
  const state = ticket.state ?? "TICKET_STATE_UNSPECIFIED";
  const fit = RULES.filter(
    (r) => r.states.includes(state) && r.roles.some((role) => roles.includes(role)) && (r.when?.(ticket) ?? true) && related(r.by, ticket, within),
  );
  const ids = (next: boolean) => fit.filter((r) => !!r.next === next).map((r) => r.id).filter((id, i, all) => all.indexOf(id) === i);
  const next = ids(true);
  return { next, more: ids(false).filter((id) => !next.includes(id)) };
}

export type Step = "accepted" | "dispatched" | "signed" | "handled" | "replied" | "reviewed" | "callback" | "closed" | "archived";
export const STEPS: Step[] = ["accepted", "dispatched", "signed", "handled", "replied", "reviewed", "callback", "closed", "archived"];

export interface Progress {
  done: number; // steps that lie behind
  side: boolean; // the state is none of the line's own: it is named where the line stands
  ended: boolean; // nothing follows by itself
}

const DONE: Record<Short, [number, ("side" | "ended")?]> = {
  TRANSCRIBE: [0, "side"], ACCEPTED: [1], ANSWER_LATER: [1, "side"], REPORTED_UP: [1, "side"], COORDINATION: [1, "side"], MERGED: [1, "side"], HANDED_OVER: [3, "side"], REFUSED: [1, "ended"],
  DISPATCHED: [2], RETURN_REQUESTED: [2, "side"], ARBITRATION: [2, "side"], SIGNED: [3], APPROVAL: [4, "side"], REPLIED: [5], CALLBACK: [6], CLOSED: [8], ARCHIVED: [9],
};

// How far along the line a state is.
export function progress(state: TicketState | undefined): Progress {
  const [done, kind] = DONE[(state ?? "").replace("TICKET_STATE_", "") as Short] ?? [0, undefined];
  return { done, side: kind !== undefined, ended: kind === "ended" };
}
