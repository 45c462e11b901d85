import type { Int64, Timestamp } from "./scalars";

// What the citizen wants (TKT-1).
export type TicketType =
  | "TICKET_TYPE_UNSPECIFIED" // refused in requests
  | "TICKET_TYPE_CONSULTATION" // 咨询
  | "TICKET_TYPE_HELP" // 求助
  | "TICKET_TYPE_COMPLAINT" // 投诉
  | "TICKET_TYPE_REPORT" // 举报
  | "TICKET_TYPE_SUGGESTION" // 建议
  | "TICKET_TYPE_PRAISE"; // 表扬

// Where the ticket stands in the closed loop (TKT-4).
export type TicketState =
  | "TICKET_STATE_UNSPECIFIED" // never stored
  | "TICKET_STATE_TRANSCRIBE" // 待整理: an automatic recording or letter to be written down (TKT-23)
  | "TICKET_STATE_ACCEPTED" // 待派单
  | "TICKET_STATE_DISPATCHED" // 待签收
  | "TICKET_STATE_SIGNED" // 办理中
  | "TICKET_STATE_RETURN_REQUESTED" // 退单待审
  | "TICKET_STATE_REPLIED" // 待审核
  | "TICKET_STATE_CALLBACK" // 待回访
  | "TICKET_STATE_CLOSED" // 已办结
  | "TICKET_STATE_ARCHIVED" // 已归档
  | "TICKET_STATE_REFUSED"; // 不予受理 (TKT-3)

// How fast (SLA-4 names four levels; the policy maps them to limits).
export type Urgency =
  | "URGENCY_UNSPECIFIED" // taken as ordinary
  | "URGENCY_ORDINARY" // 一般
  | "URGENCY_URGENT" // 紧急
  | "URGENCY_CRITICAL"; // 特急: danger to life or property, unrest

// Where it came from (DOMAIN §2).
export type Channel =
  | "CHANNEL_UNSPECIFIED" // refused in requests
  | "CHANNEL_PHONE" // CH-1, registered by an agent
  | "CHANNEL_IVR" // CH-1, automatic complaint (IVR-4)
  | "CHANNEL_MAILBOX" // CH-1, recorded message (IVR-3)
  | "CHANNEL_WEB" // CH-2
  | "CHANNEL_SMS" // CH-3
  | "CHANNEL_APP" // CH-4
  | "CHANNEL_EMAIL" // CH-5
  | "CHANNEL_LETTER" // CH-5
  | "CHANNEL_KIOSK" // CH-6
  | "CHANNEL_CHAT" // CH-7
  | "CHANNEL_TRANSFER" // CH-8
  | "CHANNEL_VISIT" // CH-10
  | "CHANNEL_LEADER"; // CH-11

// How the matter was dealt with (TKT-5).
export type Handling =
  | "HANDLING_UNSPECIFIED" // not decided yet
  | "HANDLING_ANSWER" // 答复
  | "HANDLING_PASS_ON" // 转办
  | "HANDLING_ASSIGN" // 交办
  | "HANDLING_COORDINATE" // 协调
  | "HANDLING_REPORT_UP"; // 呈报

// How a step stands against its limit, as last heard from sla_timer (SLA-7).
export type LimitLight =
  | "LIMIT_LIGHT_UNSPECIFIED" // no limit known; an unknown due time is not late
  | "LIMIT_LIGHT_GREEN" // in time
  | "LIMIT_LIGHT_YELLOW" // warned
  | "LIMIT_LIGHT_RED"; // overdue

// Who asks. Masked unless the reader's role and the ticket's unit allow it (PLT-5); encrypted where it is kept.
export interface Caller {
  name?: string; // up to 100 characters; empty if anonymous
  phone?: string; // digits with optional leading '+', up to 20; empty if unknown
  kind?: string; // citizen, legal_person, organisation; empty means citizen
  workUnit?: string; // up to 100 characters
  address?: string; // up to 200 characters
  anonymous?: boolean; // the caller wishes to stay unnamed (TKT-2)
  confidential?: boolean; // kept from the handling units (TKT-2, TKT-28)
  masked?: boolean; // output: the values above are shortened
}

// A clock running on the ticket, as last heard from sla_timer.
export interface Limit {
  clockId?: string; // sla_timer's id
  step?: string; // dispatch, sign, return, reply, callback
  dueTime?: Timestamp; // when it is late
  warnTime?: Timestamp; // when it turns yellow
  light?: LimitLight; // as of the last event; the reader may compare due_time with now
}

// One ticket.
export interface Ticket {
  ticketId?: string; // UUIDv7
  number?: string; // what staff say, e.g. "20261122000017"
  acceptanceNumber?: string; // 8 digits, what citizens are told
  type?: TicketType; // TKT-1
  state?: TicketState; // TKT-4
  urgency?: Urgency; // as registered
  channel?: Channel; // as registered
  handling?: Handling; // how it was or is dealt with
  caller?: Caller; // who
  title?: string; // summary, 1 to 100 characters
  content?: string; // what the citizen said, up to 5000 characters
  categoryId?: string; // node of the category tree
  tags?: string[]; // up to 20, each up to 30 characters
  areaCode?: string; // administrative area where it happened
  place?: string; // address of the matter, up to 200 characters
  longitude?: number; // place on the map, 0 with latitude 0 if unknown
  latitude?: number; // place on the map
  partyComplainedOf?: string; // up to 200 characters
  line?: string; // the line it came from (PLT-2), e.g. "12345"
  callId?: string; // telephony's call it was registered in; empty if none
  recordingId?: string; // of a recorded message; empty if none
  unitId?: string; // lead unit responsible now; empty before dispatch
  coUnitIds?: string[]; // co-handling units
  answer?: string; // published or spoken reply, up to 5000 characters
  solved?: boolean; // as the citizen said in the call back (TKT-10)
  satisfaction?: string; // very_satisfied, satisfied, neutral, dissatisfied, very_dissatisfied; empty before the call back
  limits?: Limit[]; // clocks not stopped
  light?: LimitLight; // the worst of them
  refuseReason?: string; // TKT-3
  createdBy?: string; // user id, or "service:<name>"
  createTime?: Timestamp; // output
  updateTime?: Timestamp; // output
  closeTime?: Timestamp; // output
  etag?: string; // changes with every command
  reworkCount?: number; // times sent back for another handling (TKT-10)
  linkedTicketIds?: string[]; // duplicates and follow-ups (TKT-11)
}

// One entry of the history. Nothing is overwritten (TKT-16).
export interface HistoryEntry {
  sequence?: Int64; // 1, 2, … within the ticket
  time?: Timestamp; // when
  actorId?: string; // user id, "service:<name>" or "apikey:<id>"
  actorName?: string; // as of then
  actorUnitId?: string; // as of then
  action?: string; // created, dispatched, signed, returned, replied, reviewed, callback, closed, archived, warned, overdue, …
  note?: string; // why or what was said, up to 5000 characters
  changes?: Record<string, string>; // field -> new value, as text
  state?: TicketState; // after it
  digest?: string; // hex SHA-256 chained over the previous entry's digest
}

// A notice that the suite owes someone; sending comes with `messaging` (DESIGN §1).
export interface Notice {
  noticeId?: string; // UUIDv7
  ticketId?: string; // about
  kind?: string; // warning, overdue, urging, receipt, result
  addressee?: string; // unit id or "citizen"
  text?: string; // as it would be sent
  status?: string; // pending (no sender is connected yet)
  createTime?: Timestamp; // output
}

// A node of the category tree.
export interface Category {
  categoryId?: string; // e.g. "water.leak"; 2 to 64 characters of a-z, 0-9, '.', '-'
  parentId?: string; // empty at the top
  name?: string; // Chinese, 1 to 50 characters
  nameEn?: string; // English, may be empty
  tags?: string[]; // proposed for tickets of it
  defaultUnitId?: string; // responsible unit when the area does not decide; empty if none
  script?: string; // guiding script for the agent (TKT-22)
  order?: number; // among its siblings
}

// A line of PLT-2.
export interface Line {
  line?: string; // the number, e.g. "12369"
  name?: string; // Chinese
  nameEn?: string; // English
  mode?: string; // merged, number_kept, seats_kept
  unitId?: string; // the responsible unit
  expertSeats?: boolean; // has expert seats of its own
}

// What CreateTicket takes.
export interface CreateTicketRequest {
  ticket?: Ticket; // type, channel, title are required; ids, state, times and limits are ignored
  requestId?: string; // a UUID, or "recording:<id>" for a recorded message; makes a repetition harmless
  answer?: string; // closes a consultation at once (TKT-5)
  articleId?: string; // the knowledge article the answer came from
  dispatchUnitId?: string; // registers and dispatches in one step
}

// What CreateTicket answers.
export interface CreateTicketResponse {
  ticket?: Ticket; // as kept
  queryPin?: string; // 4 digits for the caller to ask from another phone; shown only here
}

// What GetTicket takes.
export interface GetTicketRequest {
  ticketId?: string; // the id, or the ticket's number or acceptance number
}

// What ListTickets takes.
export interface ListTicketsRequest {
  states?: TicketState[]; // any of these; empty: all
  types?: TicketType[]; // any of these; empty: all
  unitId?: string; // this unit's subtree
  categoryId?: string; // this category's subtree
  areaCode?: string; // this area
  query?: string; // number, acceptance number, phone or words of title and content, up to 100 characters
  createTimeFrom?: Timestamp; // inclusive
  createTimeTo?: Timestamp; // exclusive
  orderBy?: string; // "create_time desc" (default) or "due_time"
  pageSize?: number; // 1 to 200, 0 means 50
  pageToken?: string; // of the previous answer, bound to the same filter
  light?: LimitLight; // only tickets with this light
  urgency?: Urgency; // only this urgency
}

// What ListTickets answers.
export interface ListTicketsResponse {
  tickets?: Ticket[]; // without content longer than 200 characters
  nextPageToken?: string; // empty at the end
}

// What ListHistory takes.
export interface ListHistoryRequest {
  ticketId?: string; // whose
  pageSize?: number; // 1 to 500, 0 means 200
  pageToken?: string; // of the previous answer
}

// What ListHistory answers.
export interface ListHistoryResponse {
  entries?: HistoryEntry[]; // oldest first
  nextPageToken?: string; // empty at the end
}

// What AmendTicket takes. Fields left empty stay as they are.
export interface AmendTicketRequest {
  ticketId?: string; // which
  etag?: string; // as read
  type?: TicketType; // new type
  title?: string; // new title
  content?: string; // new content
  categoryId?: string; // new category
  urgency?: Urgency; // new urgency
  areaCode?: string; // new area
  place?: string; // new place
  tags?: string[]; // new tags, replacing the old
  note?: string; // why
}

// What SuggestUnits takes.
export interface SuggestUnitsRequest {
  ticketId?: string; // which
}

// A unit proposed for a ticket.
export interface UnitSuggestion {
  unitId?: string; // the unit
  rule?: string; // catalogue, area, tags, earlier
  reason?: string; // a sentence in Chinese for the screen
  score?: number; // 0 to 1
}

// What SuggestUnits answers.
export interface SuggestUnitsResponse {
  suggestions?: UnitSuggestion[]; // best first, at most 3
}

// What DispatchTicket takes.
export interface DispatchTicketRequest {
  ticketId?: string; // which
  etag?: string; // as read
  unitId?: string; // lead unit
  coUnitIds?: string[]; // co-handling units, up to 10
  note?: string; // for the unit, up to 1000 characters
}

// What SignTicket takes.
export interface SignTicketRequest {
  ticketId?: string; // which
  etag?: string; // as read; empty: whatever is current
  requestId?: string; // a UUID that makes a repetition harmless
}

// What RequestReturn takes.
export interface RequestReturnRequest {
  ticketId?: string; // which
  etag?: string; // as read; empty: whatever is current
  reason?: string; // 1 to 1000 characters
  suggestedUnitId?: string; // who is responsible in the unit's view; empty if unknown
}

// What DecideReturn takes.
export interface DecideReturnRequest {
  ticketId?: string; // which
  etag?: string; // as read
  accepted?: boolean; // true: back to dispatch; false: stays with the unit
  note?: string; // why, 1 to 1000 characters
}

// What ReplyTicket takes.
export interface ReplyTicketRequest {
  ticketId?: string; // which
  etag?: string; // as read; empty: whatever is current
  text?: string; // course and result for the citizen, 1 to 5000 characters
  internalNote?: string; // not shown to the citizen, up to 1000 characters
  requestId?: string; // a UUID that makes a repetition harmless
}

// What ReviewReply takes.
export interface ReviewReplyRequest {
  ticketId?: string; // which
  etag?: string; // as read
  accepted?: boolean; // false: back to the unit
  note?: string; // why; required when not accepted
}

// What RecordCallback takes.
export interface RecordCallbackRequest {
  ticketId?: string; // which
  etag?: string; // as read
  reached?: boolean; // false: nobody answered; kept as an attempt
  solved?: boolean; // in the citizen's words
  satisfaction?: string; // very_satisfied, satisfied, neutral, dissatisfied, very_dissatisfied
  note?: string; // up to 1000 characters
  callId?: string; // the outbound call
}

// What ArchiveTicket takes.
export interface ArchiveTicketRequest {
  ticketId?: string; // which
  etag?: string; // as read
}

// What RefuseTicket takes.
export interface RefuseTicketRequest {
  ticketId?: string; // which
  etag?: string; // as read
  reason?: string; // outside_city, emergency, litigation, secret, public_order, too_vague (TKT-3)
  note?: string; // what the citizen was told, 1 to 1000 characters
}

// What AddRemark takes.
export interface AddRemarkRequest {
  ticketId?: string; // which
  kind?: string; // remark, urging, instruction
  text?: string; // 1 to 1000 characters
}

// What RevealCaller takes.
export interface RevealCallerRequest {
  ticketId?: string; // which
  reason?: string; // 2 to 200 characters
}

// What GetCallerHistory takes.
export interface GetCallerHistoryRequest {
  phone?: string; // as presented by the network
  pageSize?: number; // 1 to 50, 0 means 10
}

// What GetCallerHistory answers.
export interface GetCallerHistoryResponse {
  tickets?: Ticket[]; // open ones first, then newest first
  openCount?: number; // of all the caller's tickets
  totalCount?: number; // of all the caller's tickets
}

// What ListNotices takes.
export interface ListNoticesRequest {
  ticketId?: string; // about
  pageSize?: number; // 1 to 200, 0 means 50
  pageToken?: string; // of the previous answer
}

// What ListNotices answers.
export interface ListNoticesResponse {
  notices?: Notice[]; // newest first
  nextPageToken?: string; // empty at the end
}

// What ListCategories answers.
export interface ListCategoriesResponse {
  categories?: Category[]; // parents before children
}

// What PutCategory takes.
export interface PutCategoryRequest {
  category?: Category; // whole
}

// What ListLines answers.
export interface ListLinesResponse {
  lines?: Line[]; // by number
}

// What PutLine takes.
export interface PutLineRequest {
  line?: Line; // whole
}
