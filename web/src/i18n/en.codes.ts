// English for what the services name by codes.
import type { zhCodes } from "./zh-CN.codes";

type Shape<T> = { [K in keyof T]: T[K] extends string ? string : Shape<T[K]> };

export const enCodes: Shape<typeof zhCodes> = {
  enum: {
    state: {
      TICKET_STATE_UNSPECIFIED: "Unknown", TICKET_STATE_TRANSCRIBE: "To write down", TICKET_STATE_ACCEPTED: "To dispatch", TICKET_STATE_DISPATCHED: "To sign for", TICKET_STATE_SIGNED: "In hand",
      TICKET_STATE_RETURN_REQUESTED: "Return asked", TICKET_STATE_REPLIED: "To review", TICKET_STATE_CALLBACK: "To call back", TICKET_STATE_CLOSED: "Closed", TICKET_STATE_ARCHIVED: "Archived", TICKET_STATE_REFUSED: "Declined",
      TICKET_STATE_ANSWER_LATER: "To answer", TICKET_STATE_REPORTED_UP: "With the leaders", TICKET_STATE_COORDINATION: "In coordination", TICKET_STATE_ARBITRATION: "In arbitration",
      TICKET_STATE_APPROVAL: "In approval", TICKET_STATE_MERGED: "Merged", TICKET_STATE_HANDED_OVER: "Handed over",
    },
    type: {
      TICKET_TYPE_UNSPECIFIED: "Not sorted", TICKET_TYPE_CONSULTATION: "Consultation", TICKET_TYPE_HELP: "Help", TICKET_TYPE_COMPLAINT: "Complaint", TICKET_TYPE_REPORT: "Report", TICKET_TYPE_SUGGESTION: "Suggestion", TICKET_TYPE_PRAISE: "Praise",
    },
    urgency: { URGENCY_UNSPECIFIED: "Ordinary", URGENCY_ORDINARY: "Ordinary", URGENCY_URGENT: "Urgent", URGENCY_CRITICAL: "Critical" },
    channel: {
      CHANNEL_UNSPECIFIED: "Unknown channel", CHANNEL_PHONE: "Phone", CHANNEL_IVR: "Automatic complaint", CHANNEL_MAILBOX: "Recorded message", CHANNEL_WEB: "Website", CHANNEL_SMS: "SMS", CHANNEL_APP: "App", CHANNEL_EMAIL: "E-mail", CHANNEL_LETTER: "Letter or fax",
      CHANNEL_KIOSK: "Kiosk", CHANNEL_CHAT: "Chat", CHANNEL_TRANSFER: "From another line", CHANNEL_VISIT: "Visit", CHANNEL_LEADER: "Handed down by leaders",
    },
    light: { LIMIT_LIGHT_UNSPECIFIED: "No limit", LIMIT_LIGHT_GREEN: "Green", LIMIT_LIGHT_YELLOW: "Yellow", LIMIT_LIGHT_RED: "Red" },
    step: { dispatch: "Dispatch", sign: "Sign for", return: "Return", reply: "Reply", callback: "Call back", other: "Limit" },
    agentState: {
      AGENT_STATE_UNSPECIFIED: "Unknown", AGENT_STATE_SIGNED_OUT: "Off shift", AGENT_STATE_NOT_READY: "Not ready", AGENT_STATE_READY: "Ready", AGENT_STATE_RESERVED: "Ringing", AGENT_STATE_TALKING: "Talking", AGENT_STATE_WRAP_UP: "Wrap-up",
    },
    handling: { UNSPECIFIED: "Open", ANSWER: "Answered", PASS_ON: "Passed on", ASSIGN: "Assigned", COORDINATE: "Coordinated", REPORT_UP: "Reported up" },
    repeat: { REPEAT_MARK_PROPOSED: "To review", REPEAT_MARK_CONFIRMED: "Confirmed", REPEAT_MARK_REJECTED: "Not confirmed" },
    rating: { RATING_STATE_TO_REVIEW: "To review", RATING_STATE_UPHELD: "Justified", RATING_STATE_DISMISSED: "Not justified" },
    phase: { PHASE_UNSPECIFIED: "", PHASE_RINGING: "Ringing", PHASE_DIALLING: "Dialling", PHASE_TALKING: "Talking", PHASE_HELD: "On hold", PHASE_ENDED: "Ended" },
    satisfaction: { very_satisfied: "Very satisfied", satisfied: "Satisfied", neutral: "Neutral", dissatisfied: "Dissatisfied", very_dissatisfied: "Very dissatisfied" },
    articleState: { ARTICLE_STATE_UNSPECIFIED: "Unknown", ARTICLE_STATE_DRAFT: "Draft", ARTICLE_STATE_SUBMITTED: "In review", ARTICLE_STATE_PUBLISHED: "Published", ARTICLE_STATE_RETIRED: "Retired" },
    role: {
      ROLE_UNSPECIFIED: "Unknown", ROLE_AGENT: "Agent", ROLE_REMOTE_AGENT: "Remote agent", ROLE_TEAM_LEAD: "Team lead", ROLE_DISPATCHER: "Dispatcher", ROLE_OFFICER: "Unit officer", ROLE_UNIT_LEAD: "Unit lead", ROLE_UNIT_HEAD: "Unit head",
      ROLE_COUNTY_SUPERVISOR: "County supervisor", ROLE_ENTRY_CLERK: "Entry clerk", ROLE_SUPERVISOR: "Supervisor", ROLE_LEADER: "Leader", ROLE_KNOWLEDGE_EDITOR: "Knowledge editor", ROLE_KNOWLEDGE_REVIEWER: "Knowledge reviewer", ROLE_INSPECTOR: "Quality inspector", ROLE_ANALYST: "Analyst",
      ROLE_CONTRACTOR: "Contractor", ROLE_ADMIN: "Administrator", ROLE_OPERATOR: "Operator",
    },
  },
  unitKind: {
    government_office: "Government office", county: "County", department: "Department", utility: "Utility", township: "Township", section: "Section", vertical: "Vertically managed", company: "State company", social: "Social group", enterprise: "Member enterprise",
  },
  strategy: { STRATEGY_UNSPECIFIED: "Longest idle", STRATEGY_LONGEST_IDLE: "Longest idle", STRATEGY_SKILL_LEVEL: "Best skill", STRATEGY_LEAST_OCCUPIED: "Least occupied", STRATEGY_ROUND_ROBIN: "Round robin" },
  refusal: { outside_city: "Outside the city", emergency: "For the emergency numbers", litigation: "In or for court, arbitration or review", secret: "Secret or private", public_order: "Against public order", too_vague: "Too vague to handle" },
  history: {
    created: "Registered", amended: "Amended", dispatched: "Dispatched", signed: "Signed for", return_requested: "Return asked", returned: "Returned", return_accepted: "Return accepted", return_refused: "Return refused", return_decided: "Return decided", replied: "Replied", reviewed: "Reviewed", review_accepted: "Reply accepted", review_refused: "Reply sent back",
    callback: "Called back", callback_recorded: "Called back", callback_attempted: "Not reached", reworked: "Sent back for another handling", closed: "Closed", archived: "Archived", refused: "Declined", remarked: "Remark", remark: "Remark", urging: "Urging", instruction: "Instruction", warned: "Warned", overdue: "Overdue",
    rated: "Rated by key", answered: "Answered", approved: "Approved", approval_refused: "Not approved", arbitrated: "Unit named", confidential_set: "Confidentiality changed", contacted: "Caller contacted", coordinated: "Brought to coordination", deferred: "To be answered later", extension_requested: "Extension asked", extension_decided: "Extension decided",
    group_result: "Group case replied", handed_over: "Handed over", handover_updated: "News of the handover", linked: "Linked", unlinked: "Unlinked", mediated: "Mediated", merged: "Merged", split: "Taken out of the group case", opinion: "Opinion", passed_up: "Passed up to the city", progress: "Progress", published: "Published", unpublished: "Taken off the portal",
    rated_by_citizen: "Rated by the caller", rating_reviewed: "Rating reviewed", reopened: "Reopened", repeat_marked: "Marked as repeat", repeat_reviewed: "Repeat mark reviewed", reply_drafted: "Reply drafted", reported_up: "Reported up", return_window_closed: "Time to return is over", review_skipped: "Review not needed", supervised: "Supervised",
    document_made: "Document made", document_failed: "Document could not be made", ban_put: "Caller banned", ban_lifted: "Ban lifted",
    supervision_ended: "Supervision ended", urgency_set: "Urgency changed", revealed: "Caller's data shown", limit: "Limit changed", system: "System", yes: "accepted", no: "refused", someone: "Staff", other: "Other change",
  },
  notice: { warning: "Warning", overdue: "Overdue", urging: "Urging notice", receipt: "Receipt", result: "Result", extension: "Extension", progress: "Progress", supervision: "Supervision", handover: "Handover", approval: "To approve", instruction: "Leader's instruction", arbitration: "To arbitrate", coordination: "Coordination", submission: "Report to leaders", opinion: "Opinion", opinion_risk: "Risk of backlash", merged: "Merged", rating: "Bad rating", repeat: "Repeat", passed_up: "Passed up", withdrawn: "Withdrawn", other: "Notice", centre: "Hotline centre", unitLead: "Lead of {{unit}}", unitHead: "Head of {{unit}}", county: "County of {{unit}}", body: "Body: {{body}}", toSupervision: "Supervision centre", toLeader: "Leader", citizen: "Caller", pending: "to be sent" },
  event: {
    TicketCreated: "New ticket", TicketDispatched: "Ticket dispatched", TicketSigned: "Ticket signed for", TicketReturnRequested: "Unit asks to return a ticket", TicketReturnDecided: "Return decided", TicketReplied: "Unit replied", TicketReviewed: "Reply reviewed", TicketCallbackRecorded: "Called back",
    TicketReworked: "Ticket sent back to the unit", TicketClosed: "Ticket closed", TicketRefused: "Ticket declined", SlaClockWarned: "Limit near", SlaClockOverdue: "Limit passed",
  },
  reason: {
    BAD_CREDENTIALS: "User name or password is wrong", TOO_MANY_ATTEMPTS: "Too many attempts; try again later", SIGNED_OUT: "Your session is over; sign in again", ETAG_MISMATCH: "Somebody changed this meanwhile; the present state is shown, please check and try again", WRONG_STATE: "The ticket's state does not allow this", WRONG_UNIT: "The ticket is not your unit's",
    TICKET_NOT_FOUND: "The ticket was not found, or you may not see it", AGENT_IN_CALL: "You cannot end your shift during a call", AGENT_NOT_READY: "The agent's state does not allow this", AGENT_NOT_FOUND: "Your account is not an agent yet", NUMBER_NOT_ALLOWED: "This number may not be dialled", QUOTA_EXCEEDED: "You have dialled as often as allowed", NOT_CONNECTED: "The phone is not connected; nothing was sent",
    OWN_ARTICLE: "You may not review your own article", FLOW_FAULTY: "The flow has faults and cannot be published", USER_EXISTS: "The user name is taken", UNIT_EXISTS: "The unit id is taken", WEAK_PASSWORD: "The password is too weak", RECORDING_NOT_FOUND: "The recording was not found", ARTICLE_NOT_FOUND: "The article was not found", UNREACHABLE: "The server cannot be reached; try again later",
    CALLER_PROTECTED: "This caller's data is protected", UNIT_INACTIVE: "The unit is not active", REMARK_NOT_ALLOWED: "You may not add this kind of remark", TELEPHONY_UNAVAILABLE: "The phone service cannot be reached", SLA_TIMER_UNAVAILABLE: "The time limits cannot be reached; try again soon", TRUNK_DOWN: "The trunk is down", NUMBER_INVALID: "The number is wrong", LAST_ADMIN: "At least one administrator must remain", CATEGORY_NOT_FOUND: "The category does not exist", UNIT_NOT_FOUND: "The unit does not exist", UNIT_OUTSIDE_SUBTREE: "The unit is outside your own", UNIT_TOO_DEEP: "The tree of units is too deep there", AGENT_SIGNED_OUT: "The agent is not on shift", STORE_BEHIND: "The system is busy; try again in a moment", SERVICE_UNAVAILABLE: "A part of the hotline does not answer; try again soon", TIMED_OUT: "The answer took too long; try again", REQUEST_ID_REUSED: "This was sent already", DRAFT_OPEN: "The article has an open draft already", CALL_NOT_FOUND: "The call was not found", ACCESS_DENIED: "You may not do this", BAD_REFRESH_TOKEN: "Your session is over; sign in again", SESSION_REVOKED: "Your session is over; sign in again", NOT_DECIDER: "Another post decides this", ONLY_CONSULTATIONS: "For consultations only", ONLY_COMPLAINTS: "For complaints and disputes only", RETURN_BARRED: "The unit was named for good: it cannot be returned", RETURN_TOO_LATE: "The time to return it is over", EXTENSION_PENDING: "An extension is asked for already", NO_EXTENSION_PENDING: "No extension is asked for", EXTENSION_TOO_LATE: "The limit has passed: no extension",
    SHEET_EXPECTED: "Send a table: CSV or XLSX", SHEET_UNREADABLE: "The table cannot be read", SHEET_TOO_LARGE: "The table is too large", BAD_TITLES: "The row of titles is wrong; take the template", UPLOAD_INCOMPLETE: "The file did not come to its end; send it again", TOO_MANY_UPLOADS: "Too many files are being sent; try later", SHEET_NOT_WRITTEN: "The table could not be written",
    SEARCH_TOO_BROAD: "The search is too broad; add a condition", CALLER_SEARCH_NOT_ALLOWED: "You may not search by caller", BLOB_UNREADABLE: "What was kept cannot be read", IMPORT_NOT_FOUND: "There is no such import", TOO_MANY_IMPORTS: "Too many imports are running; try later", EXPORT_TOO_LARGE: "Too many rows to export; narrow the list",
    EXTENSION_LIMIT: "Extended too often or for too long", NOT_APPROVER: "This approval is not yours", CALLBACK_BY_SUPERVISION: "Leader-instructed tickets are called back by supervisors", RATING_PENDING: "The bad rating is not reviewed yet", REOPEN_TOO_LATE: "Too late or too often to reopen", ALREADY_RATED: "The matter was rated already", NOTHING_TO_REVIEW: "There is nothing to review", NOTHING_TO_CHANGE: "Nothing would change", NOT_PUBLISHABLE: "This ticket is protected and cannot be published",
    SUGGESTION_CHANGED: "The suggestions have changed; look at them again",
    GROUP_NOT_OPEN: "The group case is closed or takes no more", GROUP_HAS_MEMBERS: "The ticket is a group case itself", HISTORY_TOO_OLD: "The ticket's early history is incomplete for this", TOO_MANY_LINKS: "Too many links", DIRECTORY_UNAVAILABLE: "The units cannot be read now; try again soon", CATALOGUE_FULL: "The catalogue is full", HISTORY_FULL: "The ticket's history takes no more remarks", NUMBERS_EXHAUSTED: "Today's numbers are used up", BAD_FILTER: "The filter is wrong",
    CALLER_UNREADABLE: "The caller's data cannot be read", INVALID_FIELD: "Something in the form is wrong", INVALID_ARGUMENT: "Something in the form is wrong", RECORDING_FILE_ERROR: "The recording cannot be read", BAD_PAGE_TOKEN: "The list changed; load it again",
  },
  faultReason: {
    REQUIRED: "is required", TOO_LONG: "is too long", TOO_SHORT: "is too short", OUT_OF_RANGE: "is out of range", BAD_FORMAT: "has a wrong form", INVALID: "is wrong", UNKNOWN: "does not exist", UNKNOWN_VALUE: "is not an allowed value", NOT_ALLOWED: "is not allowed", WEAK_PASSWORD: "is too weak", UNKNOWN_CATEGORY: "does not exist", UNKNOWN_UNIT: "does not exist",
    TOO_MANY: "has too many entries", DUPLICATE: "is given twice", UNKNOWN_FIELD: "is not a known field", BAD_VALUE: "is wrong", IMMUTABLE: "cannot be changed", WRONG_TYPE: "is of the wrong type", BAD_JSON: "is not JSON", BAD_UTF8: "is not UTF-8",
  },
  fieldName: {
    type: "Type", title: "Title", content: "Content", category_id: "Category", area_code: "Area", place: "Place", urgency: "Urgency", name: "Name", phone: "Phone", party_complained_of: "Complained of", answer: "Answer", dispatch_unit_id: "Unit", unit_id: "Unit", channel: "Channel",
    due_time: "Time", co_unit_ids: "Co-handling units", group_ticket_id: "Group case", other_ticket_id: "Other ticket", outcome: "Outcome", measure: "Measure", addressees: "Addressees", score: "Rating", comment: "Comment", to: "To whom", reference: "Their number", referred_to: "Referred to", internal_note: "Internal note", suggested_unit_id: "Suggested unit", occur_time: "Happened", nature: "Nature", parties_concerned: "Others concerned", kind: "Kind", status: "Status", extra: "Other fields", links: "Linked tickets", repeat_mark: "Repeat mark", rating: "Rating", supervised: "Supervision", confidential: "Confidential", published: "Public text",
    text: "Text", reason: "Reason", note: "Note", satisfaction: "Satisfaction", user_name: "User name", password: "Password", display_name: "Name", roles: "Roles", state: "State", label: "Used for", body: "Text", definition_json: "Definition", page_token: "Page token", number: "Number", query: "Search", etag: "Version",
  },
};
