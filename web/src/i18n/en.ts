// English, key by key as in Chinese.
import { enCodes } from "./en.codes";
import { enLife } from "./en.life";
import type { Messages, Texts } from "./zh-CN";

const texts: Texts = {
  app: { name: "12345 Citizens' Hotline" },
  common: {
    retry: "Retry", close: "Close", loading: "Loading", empty: "Nothing here yet", back: "Back", actions: "Actions", select: "Select", selectAll: "Select all",
    selectRow: "Select: {{name}}", save: "Save", edit: "Edit", comma: ", ", colon: ": ", typeToSearch: "Type to search", nothingFound: "Nothing found",
  },
  nav: {
    label: "Main navigation", skip: "Skip to content", desk: "Desk", sorting: "Sorting", supervision: "Supervision", callbacks: "Call backs", inbox: "Unit inbox", entry: "Entry", exchange: "Import", tickets: "Tickets", lead: "Team lead", wallboard: "Wallboard",
    figures: "Figures", knowledge: "Knowledge", configuration: "Configure", admin: "Admin",
  },
  signIn: { lead: "Sign in with the account you were given", userName: "User name", password: "Password", submit: "Sign in", out: "Sign out" },
  search: {
    open: "Search", title: "Search everything", placeholder: "Ticket number, phone, title, article, unit", found: "Results",
    group: { tickets: "Ticket", articles: "Article", units: "Unit" },
  },
  notices: { title: "Notices", open: "Notices, {{count}} unread", empty: "Nothing new since this page was opened" },
  shortcut: {
    title: "Keyboard shortcuts", answer: "Answer", hangUp: "Hang up or reject", hold: "Hold or resume", mute: "Mute or unmute", toRating: "Hand over to the rating",
    nextState: "Ready or not ready", search: "Search everything", save: "Save or send", saveAndAnswer: "Answer and close", saveAndDispatch: "Register and dispatch", saveForLater: "Take down to answer later", nextUnit: "Next suggested unit", map: "Open or close the map", jump: "Jump between the parts of the screen", help: "Show this list",
  },
  link: { lost: "The connection to the server is lost; next attempt in {{seconds}} s. What you typed is kept on this computer.", connecting: "Connecting to the server again…", retryNow: "Retry now" },
  problem: {
    unreachable: "The server cannot be reached; try again later", badRequest: "Something in what was sent is wrong", forbidden: "You may not do this", notFound: "Not found, or you may not see it",
    conflict: "This does not fit the present state; please check it and try again", tooMany: "Too many requests; try again later", other: "The server has a problem ({{status}}); try again later", screenBroke: "This screen failed; the phone is not affected",
  },
  fault: { required: "Required", tooLong: "Too long", badPhone: "3 to 20 digits, with + in front if you like", badNumber: "Must be a number", badLongitude: "A number from -180 to 180, together with the latitude", badLatitude: "A number from -90 to 90, together with the longitude", tooMany: "At most 10", badTime: "Not later than now", consultationOnly: "Only a consultation can be answered and closed at once" },
  light: { none: "No limit", green: "In time", yellow: "Due soon", red: "Overdue" },
  time: { left: "{{span}} left", late: "{{span}} late", none: "No limit", days: "{{a}} d {{b}} h", hours: "{{a}} h {{b}} min", minutes: "{{a}} min {{b}} s", seconds: "{{a}} s" },
  agent: {
    group: "Agent state", signIn: "Start shift", signOut: "End shift", setReady: "Ready", setNotReadyShort: "Not ready", setNotReady: "Not ready: {{reason}}", more: "More states",
    afterCall: "After the call: {{state}}", state: "State", since: "For", name: "Name", employeeNumber: "Employee no.", line: "Line", lineUp: "Up", lineDown: "Down", skills: "Skills",
    reason: { break: "break", meal: "meal", training: "training", meeting: "meeting", other: "other", no_answer: "did not answer", forced: "set by team lead", line_lost: "line lost", signed_in: "just signed in" },
  },
  phone: {
    group: "Phone", number: "Phone number", dial: "Dial", keypad: "Keys", answer: "Answer", reject: "Reject", hangUp: "Hang up", hold: "Hold", resume: "Resume", mute: "Mute", unmute: "Unmute",
    toRating: "To rating", unknownNumber: "Unknown number", idle: "Line ready", connecting: "Line connecting", refused: "The phone could not do that", ended: "last call: {{reason}}",
    line: { off: "Not on shift", attaching: "Line connecting", up: "Line ready", down: "Phone service unreachable", elsewhere: "Phone is in another tab" },
    quality: { good: "good sound", fair: "fair sound", poor: "poor sound", unknown: "" },
    end: { hangup: "hung up", remote_hangup: "the other side hung up", no_answer: "no answer", busy: "busy", failed: "failed", cancelled: "cancelled", to_rating: "handed to the rating", other: "ended" },
    bannerDown: "The phone service cannot be reached; it comes back by itself.", bannerElsewhere: "The phone is in use in another tab; this one does not ring.", takeOver: "Use the phone here",
    micDenied: "The browser does not allow the microphone: nobody will hear you.", micMissing: "No microphone was found: nobody will hear you.",
  },
  ticket: {
    what: "What", where: "Where", who: "Caller", type: "Type", title: "Title", content: "What the caller says", category: "Category", area: "Area", place: "Place", party: "Complained of",
    callerName: "Name", callerPhone: "Phone", anonymous: "Anonymous", confidential: "Confidential", urgency: "Urgency", answer: "Answer", unit: "Unit", nature: "Nature", occurTime: "Happened", parties: "Others concerned", answerLater: "Answer later", more: "More fields", channel: "Channel",
    number: "Number", acceptanceNumber: "Acceptance number", state: "State", created: "Registered", closed: "Closed", timeLeft: "Time left", tags: "Tags", rework: "Reworked", outcome: "Call back",
    linked: "Linked tickets", process: "Progress", summary: "Ticket", noName: "No name given", reveal: "Show in full", revealReason: "The caller has to be contacted about the ticket", history: "History",
    notices: "Notices owed", noNotices: "No notices are owed", recordings: "Recordings",
  },
  process: { accepted: "Accepted", dispatched: "Dispatched", signed: "Signed for", handled: "Handled", replied: "Replied", reviewed: "Reviewed", callback: "Called back", closed: "Closed", archived: "Archived" },
  recording: { none: "No recording", play: "Play recording", message: "Message", call: "Call" },
  caller: { firstTime: "No earlier tickets from this number", counts: "{{open}} open of {{total}}", waiting: "Earlier tickets show here when the phone rings" },
  desk: {
    caller: "Caller", noCaller: "Waiting for a call", dialled: "Dialled", parked: "Unsaved drafts", script: "Script", scriptDefault: "Hello, this is the 12345 hotline. How can I help you?",
    form: "New ticket", knowledge: "Knowledge", duplicates: "Possible duplicates", answerHint: "answers and closes at once; insert from the right", proposals: "Proposed units", register: "Register",
    answerAndClose: "Answer and close", registerAndDispatch: "Register and dispatch", clear: "Clear",
  },
  rule: { catalogue: "dispatch catalogue", area: "by place", tags: "by duty", earlier: "earlier cases" },
  saved: {
    title: "Registered", acceptanceNumber: "Acceptance number", pin: "Query PIN", openTicket: "Open ticket", next: "Next", whereTo: "Where to", noSuggestion: "No unit is proposed", dispatchTo: "Dispatch to {{unit}}",
  },
  tickets: {
    filters: "Filters", query: "Number, phone or words", light: "Light", newest: "Newest", byTimeLeft: "By time left", order: "Order", clearFilters: "Clear filters", empty: "No ticket fits",
    count: "Tickets: {{count}}", countMore: "{{count}} shown; scroll for more",
  },
  inbox: {
    sign: "Sign for ({{count}})", signed: "{{count}} signed for", notSigned: "{{count}} could not be signed for: {{why}}",
  },
  entry: { form: "Entry form", writeDown: "Write down a recording", newTicket: "New ticket", waiting: "To write down", empty: "No recordings are waiting", amended: "Written down", note: "Written down from the recording" },
  callback: {
    dial: "Dial", noNumber: "There is no number to dial", noLine: "Start your shift to dial", solved: "Is it solved?", yes: "Solved", no: "Not solved", satisfied: "How satisfied?", note: "What the caller says", done: "Done", notReached: "Not reached",
    revealReason: "Call back", result: "With the result", attitude: "With the attitude", keysSolved: "1 or 2", keysSatisfied: "1 to 5",
  },
  knowledge: {
    insert: "Insert answer", searchHere: "Search the knowledge base", followsTyping: "What fits shows here while you type title and content", noneFits: "No article fits", until: "valid until {{time}}", search: "Search articles", shelf: "State",
    shelfEmpty: "No articles here", version: "version {{version}}", public: "Public", new: "New article", edit: "Edit article", submit: "Submit for review", publish: "Accept and publish", sendBack: "Send back", reviewNote: "Note (needed to send back)",
    retire: "Retire", retireReason: "Why it is retired", title: "Title", kind: "Kind", kinds: { policy: "Policy", procedure: "Procedure", duty: "Duties", contact: "Contact", guide: "Guide", question: "Question" },
    answer: "Spoken answer", answerHint: "what an agent says to the caller", body: "Text", bodyHint: "headings, lists, tables and bold", keywords: "Keywords", expires: "Valid until", saveDraft: "Save draft", preview: "Preview",
  },
  lead: {
    agents: "Agents", noAgents: "Nobody is on shift", force: "Force state", forceTitle: "Force the state of {{name}}", reason: "Reason", queues: "Queues", queue: "Queue", noQueues: "No queues", waiting: "Waiting", longest: "Longest wait",
    ready: "Ready", busy: "Busy", notReady: "Not ready", calls: "Calls now", noCalls: "No calls now", direction: "Way", dir: { inbound: "in", outbound: "out" }, number: "Number", agent: "Agent", phase: "Where",
    talking: "talking", inQueue: "queue", inMenu: "menu", trunks: "Trunks", up: "up", down: "down",
  },
  wallboard: {
    title: "12345 Hotline", stale: "Figures stopped at {{time}}", callsNow: "Calls now", waiting: "Waiting", connectRate: "Connected, 24 h", in15s: "Answered in 15 s", target: "target {{rate}}", overdue: "Overdue tickets",
    offered: "Calls today", connected: "Connected", abandoned: "Abandoned", messages: "Messages", created: "Tickets today", open: "Open", closed: "Closed today", onTime: "On time", solved: "Solved", satisfied: "Satisfied",
    agents: "{{count}} agents", state: { talking: "Talking", reserved: "Ringing", wrap_up: "Wrap-up", ready: "Ready", not_ready: "Not ready" }, trend: "Calls and queue", byType: "Tickets by type", byArea: "Tickets by area", byUnit: "Dispatched to", none: "None today", noArea: "Not given",
  },
  figures: { none: "Not given", all: "All", group: "Group", from: "From", to: "To", table: "Table", chart: "Chart", view: "Show as", groupBy: "Group by", measures: "Measures", csv: "Download CSV", empty: "No figures in this period" },
  admin: {
    users: "Users", units: "Units", queues: "Queues", keys: "API keys", flows: "Voice flows", newUser: "New user", editUser: "Edit user", findUser: "Find a user", displayName: "Name", roles: "Roles", state: "State", active: "Active", disabled: "Disabled",
    activeUser: "May sign in", userNameHint: "lower case letters, digits and . _ -", firstPassword: "First password", passwordHint: "at least 10 characters", newUnit: "New unit", editUnit: "Edit unit", unitId: "Unit id", idHint: "lower case letters, digits and -",
    parent: "Parent unit", name: "Name", nameEn: "English name", kind: "Kind", level: "Level", areaCode: "Area code", phone: "Duty phone", activeUnit: "Takes new tickets", newQueue: "New queue", editQueue: "Edit queue", queueId: "Queue id",
    strategy: "Strategy", skills: "Skills needed", minimumLevel: "Lowest level", priority: "Priority", ringSeconds: "Ring seconds", targetSeconds: "Target seconds", capacity: "Capacity", newKey: "New key", noKeys: "No keys yet", label: "Used for", created: "Made",
    lastUsed: "Last used", expires: "Expires", revoked: "Revoked", revoke: "Revoke", revokeConfirm: "It stops working at once. Revoke?", secretTitle: "The new key", secretOnce: "The key is shown only now: keep it in a safe place.", flowJson: "Definition", notJson: "This is not valid JSON",
    saveDraft: "Save draft", check: "Check", publish: "Publish", publishConfirm: "New calls will follow this flow. Publish?", noFaults: "No faults found: it may be published", faults: "{{count}} faults found", noFlows: "No flows", published: "version {{version}} published {{time}}", neverPublished: "never published",
  },
};

export const en: Messages = { ...texts, ...enCodes, ...enLife };
