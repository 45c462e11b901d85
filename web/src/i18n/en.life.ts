// English for the life of a ticket.
import { enWork } from "./en.work";
import type { zhLife } from "./zh-CN.life";

type Shape<T> = { [K in keyof T]: T[K] extends string ? string : Shape<T[K]> };

export const enLife: Shape<typeof zhLife> = {
  ...enWork,
  action: {
    dispatch: "Dispatch", sign: "Sign for", reply: "Reply", approveReply: "Approve reply", giveOpinion: "Opinion", arbitrateReturn: "Name the unit", decideReturn: "Decide return", decideExtension: "Decide extension", reviewReply: "Review reply",
    recordCallback: "Call back", answer: "Answer", updateHandover: "Handover news", reviewRating: "Review rating", reviewRepeat: "Review repeat", archive: "Archive", split: "Take out of group", amend: "Amend", defer: "Answer later", coordinate: "Coordinate",
    reportUp: "Report up", handOver: "Hand over", refuse: "Decline", requestExtension: "Ask extension", requestReturn: "Ask to return", reportProgress: "Report progress", recordContact: "Record a contact", recordMediation: "Record a mediation", passUp: "Pass up to the city",
    instruct: "Leader's instruction", supervise: "Supervise", endSupervision: "End supervision", reopen: "Reopen", rate: "Enter a rating", publish: "Publish", unpublish: "Take off the portal", setUrgency: "Change urgency", setConfidential: "Change confidentiality", withdraw: "Withdrawn by caller",
    merge: "Merge into a group case", link: "Link tickets", unlink: "Unlink", markRepeat: "Mark as repeat", addRemark: "Remark or urging",
    done: "Done", none: "Nothing to do here at present", choose: "Choose an action", more: "More actions ({{count}})",
    decideReturnYes: "Accept return", decideReturnNo: "Refuse return", decideExtensionYes: "Grant", decideExtensionNo: "Refuse", approveReplyYes: "Approve", approveReplyNo: "Back to the officer", reviewReplyYes: "Accept", reviewReplyNo: "Send back",
    reviewRatingYes: "Justified: handle again", reviewRatingNo: "Not justified", reviewRepeatYes: "Unreasonable repeat", reviewRepeatNo: "Not confirmed",
  },
  explain: {
    sign: "Handling time starts with the signature.", reply: "State the unit, the time, the course and the result.", archive: "An archived ticket keeps its whole history for good.", amend: "Write a message down or correct what was registered; empty fields stay as they are, a place removed from the map is gone.", answer: "Closed if the caller was told, else called back.",
    defer: "Takes a question down that cannot be answered now.", handOver: "Gives the matter with its data to a body outside; the caller is told.", setConfidential: "Changes whether the caller is kept from the units.", withdraw: "The caller needs nothing more; the ticket is closed.",
    arbitrateReturn: "The unit named here cannot return the ticket.", passUp: "For what lies outside your area or duties; it is dispatched anew.", giveOpinion: "Becomes part of the lead unit's reply; a later one replaces it.", requestExtension: "Ask before the limit of the reply; the caller is told the date.",
    approveReply: "Approved, the reply goes to review.", rate: "The caller's own rating, one a matter.", reviewRating: "A justified bad rating is supervised and handled again.", publish: "No names, phones, addresses or other personal data.", merge: "It is handled and answered with the group case.", split: "It goes back to be dispatched.", markRepeat: "Takes effect after review only.",
  },
  field: {
    title: "Title", content: "Content", category: "Category", area: "Area", place: "Place", point: "On the map", note: "Note", why: "Why", unit: "Lead unit", coUnits: "Co-handling units", noteToUnit: "Note to the unit", answer: "Answer", told: "The caller knows it already",
    refuseReason: "Why it is declined", toldCitizen: "What the caller was told", referredTo: "Office referred to", coordinate: "What is to be coordinated", reportTo: "To whom", reportText: "Report", instruction: "Instruction", body: "Body", handOverNote: "What is asked of it",
    handoverStatus: "Status", reference: "Their number", handoverAnswer: "Their answer or reason", urgency: "Urgency", citizenSaid: "What the caller said", returnReason: "Why it is returned", suggestedUnit: "Suggested unit", decideNote: "Reasons", improper: "Improper return: it counts in the assessment",
    reached: "Reached", contactNote: "What was said", progress: "Progress", tellCitizen: "Tell the caller", opinion: "Opinion", agreed: "Agreement", mediation: "Course and terms", promised: "Promised date", extensionReason: "Why more time is needed", earlierDue: "Grant until (empty: as asked)",
    replyText: "Reply", outcome: "Outcome", evidence: "Evidence", internalNote: "Internal note (not for the caller)", approvalNote: "Remarks (required to send back)", reviewNote: "Remarks (required to send back)", opinionRisk: "A backlash of public opinion is feared", reopenReason: "Why it is reopened", score: "Rating", publicText: "Public text",
    measure: "Measure", superviseText: "Text", addressees: "To", groupTicket: "Group case", otherTicket: "Other ticket", linkKind: "Relation", remarkKind: "Kind", remark: "Text", ticketHint: "Ticket or acceptance number",
  },
  choice: {
    yesNo: { yes: "Yes", no: "No" },
    refusal: { outside_city: "Outside the city", emergency: "For the emergency numbers", litigation: "In or for court, arbitration or review", secret: "Secret or private", public_order: "Against public order", too_vague: "Too vague to handle" },
    body: { 110: "Police", 119: "Fire brigade", 120: "Ambulance", 122: "Traffic accidents", water: "Water company", power: "Power company", gas: "Gas company", court: "Court", procuratorate: "Procuratorate", discipline: "Discipline inspection" },
    handover: { sent: "Sent", received: "Received", in_process: "In process", done: "Done", declined: "Declined" },
    urgency: { URGENCY_ORDINARY: "Ordinary", URGENCY_URGENT: "Urgent", URGENCY_CRITICAL: "Critical" },
    outcome: { resolved: "Resolved", explained: "Explained", not_feasible: "Not feasible now" },
    score: { 1: "Very satisfied", 2: "Satisfied", 3: "Neutral", 4: "Dissatisfied", 5: "Very dissatisfied" },
    measure: { urging_notice: "Urging notice", supervision_order: "Supervision order", criticism: "Criticism", coordination_meeting: "Coordination meeting", talk: "Talk" },
    addressee: { unit: "Unit", unit_lead: "Unit lead", unit_head: "Unit head", county: "County", supervision: "Supervision centre", leader: "Leader" },
    link: { duplicate: "Duplicate", related: "Related", follow_up: "Follow-up" },
    remark: { remark: "Remark", urging: "Urging" },
    nature: { dispute: "Dispute", livelihood: "Livelihood", accident: "Accident" },
    callerKind: { citizen: "Citizen", legal_person: "Company", organisation: "Organisation" },
    by: { phone: "Phone", sms: "SMS", web: "Web" },
  },
  closeReason: { answered: "Answered at once", called_back: "Called back", not_called_back: "No call back needed", withdrawn: "Withdrawn", group: "With its group case", handed_over: "Handed over", refused: "Declined" },
  change: {
    none: "none", hidden: "changed (encrypted)", yes: "yes", no: "no",
    field: {
      type: "Type", urgency: "Urgency", channel: "Channel", handling: "Handling", caller_name: "Name", caller_phone: "Phone", caller_kind: "Kind of caller", caller_work_unit: "Employer", caller_address: "Address", caller_anonymous: "Anonymous", caller_confidential: "Confidential",
      title: "Title", content: "Content", category_id: "Category", tags: "Tags", area_code: "Area", place: "Place", party_complained_of: "Complained of", parties_concerned: "Others concerned", nature: "Nature", occur_time: "Happened", extra: "Other fields", unit_id: "Lead unit", co_unit_ids: "Co-handling units",
      responsible_unit_id: "Responsible unit", opinions: "Opinions", return_count: "Returns", return_barred: "No more returns", return_closed: "Time to return is over", extension_due: "Extension asked until", extension_count: "Extensions granted", answer: "Reply", outcome: "Outcome", opinion_risk: "Risk of backlash",
      leader_instructed: "Leader's instruction", supervision_level: "Supervision level", supervised: "Supervised", handover_body: "Body", handover_status: "Handover", handover_reference: "Their number", repeat_mark: "Repeat mark", rating: "Rating", rating_state: "Review of the rating", published: "Public text",
      close_reason: "Closed by", reopen_count: "Times reopened", solved: "Solved", satisfaction: "Satisfaction", refuse_reason: "Declined because", rework_count: "Times sent back", links: "Linked tickets", internal_note: "Internal note", suggested_unit_id: "Suggested unit", returned_by: "Returned by", passed_up_by: "Passed up by",
      improper: "Improper return", reached: "Reached", agreed: "Agreement", rule: "By rule", referred_to: "Referred to", to: "Reported to", measure: "Measure", satisfaction_result: "With the result", satisfaction_attitude: "With the attitude", upheld: "Justified", confirmed: "Confirmed", group_number: "Group case", by: "Called back by",
      document_number: "Document number", failure: "Reason", until_time: "Until",
    },
  },
  mark: {
    supervised: "Supervised", level: "Supervision {{level}}: {{measure}}", group: "Group case", groupCase: "Group case", leader: "Leader's instruction", repeat: "Repeat", risk: "Risk of backlash", published: "Published", barred: "No returns", extension: "Extension asked until {{time}}", reopened: "Reopened {{count}} times", returned: "Returned {{count}} times",
    rating: "Rating: {{score}}", ladder: "Ladder", responsible: "Responsible unit", coUnits: "Co-handling units", handover: "Handover", outcome: "Outcome", closeReason: "Closed by", nature: "Nature", occurTime: "Happened", parties: "Others concerned", extra: "Other fields", opinions: "Opinions of co-handling units", publicText: "Public text",
    repeatMark: "Repeat mark", ratingState: "Review of the rating", refuse: "Declined because", handling: "Handling", extensions: "Extensions granted", link: "Linked tickets", instructed: "Leader's instruction",
  },
  sorting: {
    list: "Tickets to sort", detail: "Ticket", all: "All", empty: "Nothing to sort", suggestions: "Suggested units", hint: "Arrows choose, digits dispatch to a suggested unit", undo: "Undo", undoIn: "To {{unit}} in {{seconds}} s", sendNow: "Send now", sent: "Dispatched to {{unit}}", failed: "Not dispatched: {{why}}",
    duplicates: "Possible duplicates", noDuplicates: "No possible duplicates found", merge: "Merge into", link: "Link", merged: "Merged", linked: "Linked", mergeNote: "The same matter, handled as a group case", other: "Other actions", position: "{{at}} of {{of}}", positionMore: "{{at}} of {{of}} loaded", undone: "Dispatch undone",
  },
  supervision: {
    tab: { clocks: "Limits", extensions: "Extensions", ratings: "Bad ratings", repeats: "Repeat marks" }, all: "All", step: "Step", light: "Light", unit: "Unit", save: "Save filter", saved: "Saved filters", name: "Name of the filter", remove: "Remove filter: {{name}}", bulk: "Urge or supervise ({{count}})", bulkTitle: "For {{count}} tickets",
    what: "How", text: "Text", send: "Send", progress: "{{done}} / {{all}}", done: "{{count}} sent", failed: "{{count}} not sent", urging: "Urging", empty: "No tickets fit", clocks: "Limits", ladder: "Ladder", promised: "Asked until", rating: "Rating", decide: "Decide", level: "Level {{level}}", none: "none", close: "Close",
    loadMore: "Load more", loaded: "{{count}} loaded",
  },
  callbacks: {
    queue: "To call back", ticket: "Ticket", script: "Script", empty: "Nobody to call back", next: "Next", skip: "Skip", left: "{{count}} left", leftMore: "more than {{count}} left",
    lines: "Hello, this is the 12345 hotline calling back. {{unit}} has replied to what you told us: {{title}}. Is the problem solved? Are you satisfied with how it was handled?", unit: "Unit", leaderOnly: "Leader-instructed tickets are called back by supervisors", keys: "1 or 2 for solved, then 1 to 5 for satisfaction; Backspace chooses again",
  },
  portal: {
    tab: { todo: "To do", toSign: "To sign for", handling: "In hand", approval: "To approve", opinions: "Co-handling", replied: "Replied" }, open: "Handle", dialog: "Handle ticket", empty: "Nothing to do", counts: "{{red}} red, {{yellow}} yellow, {{green}} green", shown: "tickets loaded",
  },
};
