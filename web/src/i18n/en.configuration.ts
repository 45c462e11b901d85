// English for the configuration screens.
import type { zhConfiguration } from "./zh-CN.configuration";

type Shape<T> = { [K in keyof T]: T[K] extends string ? string : Shape<T[K]> };

export const enConfiguration: Shape<typeof zhConfiguration> = {
  config: {
    title: "Configuration",
    part: { catalogue: "Dispatch catalogue", categories: "Categories", scripts: "Scripts", forms: "Forms and steps", policies: "Time limits", calendar: "Calendar", templates: "Templates", callers: "Repeats" },
    published: "Published", publish: "Publish", publishNote: "What changed and why (kept with the version)", what: "Item", before: "Before", after: "After", absent: "none", same: "No differences", kept: "Saved", id: "Id", idHint: "letters, digits and . - _ :", idTaken: "This id is taken", yes: "Yes", no: "No",
    none: "none", draft: "Draft", inForce: "In force", version: "v{{version}}", versions: "Versions", show: "Show", differences: "Differences", changes: "Your changes", noChanges: "Nothing changed", unsaved: "not saved", leave: "Your changes are not saved. Discard them?", discard: "Discard changes", viewing: "You see version {{version}}, which cannot be changed",
    takeAsDraft: "Take as draft", backToDraft: "Back to the draft", up: "Move up: {{name}}", down: "Move down: {{name}}", remove: "Remove: {{name}}", preset: "preset",
    preview: {
      title: "Effect", ask: "Preview effect", examined: "Open clocks looked at", moved: "Limits that would move", becomeOverdue: "Would become overdue", stopBeingOverdue: "Would no longer be overdue", ticket: "Ticket", step: "Step", dueBefore: "Limit now", dueAfter: "Limit then", noLimit: "no limit", stale: "Changed since: preview again",
      incomplete: "There are too many open clocks: only some were looked at", first: "Preview the effect first",
    },
    catalogue: {
      new: "New entry", edit: "Edit entry", areaHint: "with the areas below it", anywhere: "Whole city", anyType: "Any", lead: "Lead unit", co: "Co-handlers", from: "From", to: "Until", sure: "Sure", sureLong: "May be dispatched automatically", note: "Basis and remarks", effective: "Holds", upcoming: "upcoming", expired: "expired", until: "to {{day}}",
      always: "always", empty: "No entries", which: "Which catalogue", find: "Category, area, unit, remark", onlyFinding: "Only those of the finding", count: "Entries: {{count}}", neverPublished: "Never published", check: "Check", errors: "Errors to mend before publishing: {{count}}", warnings: "No errors; to look at: {{count}}", clean: "Nothing found",
      moreFindings: "and {{count}} more", pending: "To publish: {{added}} added, {{changed}} changed, {{removed}} removed", noPending: "The draft is the catalogue in force", try: "Try a suggestion", versionCounts: "Entries: {{entries}}; {{added}} added, {{changed}} changed, {{removed}} removed", diffTitle: "Differences: {{from}} → {{to}}", nothing: "empty catalogue",
      publishTitle: "Publish the dispatch catalogue", removeConfirm: "Remove entry {{name}} from the draft?",
    },
    finding: {
      UNKNOWN_UNIT: "There is no such unit: {{subject}}", INACTIVE_UNIT: "The unit is not active: {{subject}}", UNKNOWN_CATEGORY: "There is no such category: {{subject}}", CONTRADICTION: "Entries contradict each other: {{entries}}", DUPLICATE: "Entries say the same: {{entries}}", EXPIRED: "Expired: {{entries}}", CATEGORY_WITHOUT_ENTRY: "Nobody handles: {{subject}}",
      CATEGORY_PARTLY_COVERED: "Handled in some areas or types only: {{subject}}",
    },
    categories: {
      new: "New category", edit: "Edit category", parent: "Parent", top: "Top", idHint: "lower case letters, digits, dot and hyphen; stays for good", order: "Order", unit: "Default unit", unitHint: "where the catalogue says nothing", script: "Hint", scriptHint: "shown while such a ticket is registered; scripts are apart", find: "Name, id, tag", count: "Categories: {{count}}",
    },
    scripts: {
      new: "New script", edit: "Edit script", steps: "Steps", addStep: "Add a step", kind: "Kind of step {{at}}", kinds: { say: "Say", ask: "Ask", check: "Check" }, text: "Text of step {{at}}", field: "Field of step {{at}}", noField: "no field", categoryHint: "with the categories below it", anyCategory: "All categories", hint: "Shown at registration by category and type, the most specific first",
      empty: "No scripts yet", removeConfirm: "Remove the script “{{name}}”?",
    },
    formField: {
      type: "Type", title: "Title", content: "Content", category_id: "Category", area_code: "Area", place: "Place", occur_time: "Happened", party_complained_of: "Complained of", parties_concerned: "Others concerned", urgency: "Urgency", caller_name: "Name", caller_phone: "Phone", caller_address: "Address", tags: "Tags",
    },
    kind: {
      FORM_FIELD_KIND_UNSPECIFIED: "Unknown", FORM_FIELD_KIND_TEXT: "Text", FORM_FIELD_KIND_NUMBER: "Number", FORM_FIELD_KIND_DATE: "Date", FORM_FIELD_KIND_CHOICE: "Choice", FORM_FIELD_KIND_YES_NO: "Yes or no", FORM_FIELD_KIND_PHONE: "Phone",
    },
    approval: { unit_lead: "Unit lead", unit_head: "Unit head" },
    decider: { dispatcher: "Dispatcher", supervisor: "Supervisor" },
    forms: {
      required: "Required fields", ownFields: "Own fields", ownField: "Own field {{name}}", fieldName: "Name", detail: "Choices or length", must: "Required", kind: "Kind", choices: "Type a choice, press Enter", maxLength: "Most characters", noFields: "No own fields", addField: "Add a field", steps: "Steps", review: "The centre reviews the reply", callback: "The caller is called back",
      approvals: "Approval in the unit", approvalBy: { unit_lead: "Unit lead approves", unit_head: "Unit head approves" }, returnDecider: "Decides returns", extensionDecider: "Decides extensions", arbitrationAfter: "Arbitration from return", maxRework: "Most reworks", reopenDays: "Days to reopen", preview: "The form at registration", always: "Type and title are always required",
      changes: "Against what is in force", noChanges: "Same as in force", onlyBuiltIn: "What the software brings along is in force", saveDraft: "Check and save draft", draftKept: "Draft checked and saved", builtIn: "Back to built-in", publishTitle: "Publish forms and steps: {{type}}", publishHint: "New tickets follow the new version; running ones keep theirs.", hasDraft: "There is an unpublished draft", noDraft: "No draft: this is in force",
    },
    limitKind: { LIMIT_KIND_WORKING: "Working time", LIMIT_KIND_NATURAL: "Natural time", LIMIT_KIND_SAME_WORKING_DAY: "Same working day", LIMIT_KIND_NONE: "No limit" },
    limitUnit: { LIMIT_UNIT_SECOND: "Seconds", LIMIT_UNIT_MINUTE: "Minutes", LIMIT_UNIT_HOUR: "Hours", LIMIT_UNIT_DAY: "Days" },
    workingUnit: { LIMIT_UNIT_UNSPECIFIED: "", LIMIT_UNIT_SECOND: "working s", LIMIT_UNIT_MINUTE: "working min", LIMIT_UNIT_HOUR: "working h", LIMIT_UNIT_DAY: "working days" },
    workingUnitOne: { LIMIT_UNIT_UNSPECIFIED: "", LIMIT_UNIT_SECOND: "working s", LIMIT_UNIT_MINUTE: "working min", LIMIT_UNIT_HOUR: "working h", LIMIT_UNIT_DAY: "working day" },
    naturalUnit: { LIMIT_UNIT_UNSPECIFIED: "", LIMIT_UNIT_SECOND: "s", LIMIT_UNIT_MINUTE: "min", LIMIT_UNIT_HOUR: "h", LIMIT_UNIT_DAY: "days" },
    naturalUnitOne: { LIMIT_UNIT_UNSPECIFIED: "", LIMIT_UNIT_SECOND: "s", LIMIT_UNIT_MINUTE: "min", LIMIT_UNIT_HOUR: "h", LIMIT_UNIT_DAY: "day" },
    limit: { none: "no limit", natural: "{{amount}} {{unit}}", working: "{{amount}} {{unit}}", workingSame: "{{amount}} {{unit}} (same time of day)", sameDay: "same working day; outside of one, {{time}} on the next" },
    trigger: {
      TRIGGER_UNSPECIFIED: "Unknown", TRIGGER_CREATED: "Registered", TRIGGER_DISPATCHED: "Dispatched", TRIGGER_SIGNED: "Signed for", TRIGGER_RETURN_REQUESTED: "Return asked", TRIGGER_RETURN_ACCEPTED: "Return accepted", TRIGGER_RETURN_REFUSED: "Return refused", TRIGGER_REPLIED: "Replied", TRIGGER_REVIEW_ACCEPTED: "Reply accepted", TRIGGER_REVIEW_REJECTED: "Reply sent back",
      TRIGGER_CALLBACK_REACHED: "Called back", TRIGGER_CALLBACK_UNREACHED: "Called back in vain", TRIGGER_REWORKED: "Reworked", TRIGGER_CONTACTED: "Caller contacted", TRIGGER_CONTACT_TRIED: "Contact tried", TRIGGER_PROGRESS_REPORTED: "Progress reported", TRIGGER_REPORTED_UP: "Reported up", TRIGGER_INSTRUCTED: "Instructed", TRIGGER_HANDED_OVER: "Handed over",
      TRIGGER_HANDOVER_DECLINED: "Handover declined", TRIGGER_HANDOVER_DONE: "Handover done", TRIGGER_MERGED: "Merged", TRIGGER_SPLIT: "Split", TRIGGER_REOPENED: "Reopened", TRIGGER_DEFERRED: "To answer later", TRIGGER_COORDINATED: "In coordination",
    },
    policies: {
      active: "in force", copy: "Copy as a new policy", copyOf: "{{name}} (copy)", isNew: "New policy", parts: "Parts of the policy", about: "About", description: "Description", name: "Name", nameEn: "English name", ladder: "Ladder", ladderHint: "Measures after the limit, in order; none before the one above it", noLadder: "No measures", addRung: "Add a measure", measure: "Measure",
      after: "After the limit", afterText: "{{limit}} after the limit", atOnce: "At the limit", addressees: "Addressees", document: "Document", documentText: "document: {{name}}", addStep: "Add a step", newStep: "New step", removeStep: "Remove the step", rules: "Rules", rule: "Rule", rulesHint: "From above, the first that fits counts; statutory rules go first", addRule: "Add a rule", clock: "Clock",
      start: "Starts at", stop: "Stops at", pause: "Pauses at", resume: "Resumes at", reopen: "Goes on at", states: "Runs only in these states", anyState: "All states", window: "Measures a right: it closes and is never late", any: "All", allTickets: "All tickets", limit: "Limit", amount: "Amount", unit: "Unit", sameTime: "Ends at the same time of day", outsideBy: "Outside hours, by", warnPercent: "Yellow at percent",
      warnBefore: "or minutes before", warnAt: "yellow at {{percent}}%", warnMinutes: "yellow {{minutes}} min before", maxExtensions: "Extensions", maxExtension: "Each at most", bounded: "Bound each", extensionText: "extensions: {{count}}, each {{each}}", anyDate: "any promised date", statutory: "Statutory", basis: "Basis", applyToOpen: "Recompute open tickets too", save: "Save as new version",
      put: "Saved as version {{version}}", movedOpen: "open ones moved", olderTitle: "Version {{version}} against version {{now}}",
    },
    dayKind: { off: "Day off", work: "Make-up workday", weekend: "Weekend", working: "Working day" },
    month: { 1: "January", 2: "February", 3: "March", 4: "April", 5: "May", 6: "June", 7: "July", 8: "August", 9: "September", 10: "October", 11: "November", 12: "December" },
    weekday: { 1: "Monday", 2: "Tuesday", 3: "Wednesday", 4: "Thursday", 5: "Friday", 6: "Saturday", 7: "Sunday" },
    weekdayShort: { 1: "Mo", 2: "Tu", 3: "We", 4: "Th", 5: "Fr", 6: "Sa", 7: "Su" },
    calendar: {
      hours: "Working hours", hoursHint: "Zone {{zone}}; the hours come from the installation's configuration", rest: "no work", change: "Change days", kind: "That day", name: "Name", add: "Add days ({{count}})", paste: "Paste a notice", pasteHint: "A day a line: date, off or work, name", badLines: "These lines say nothing: {{lines}}", noChanges: "Choose days in the year, or paste a notice", pending: "Changes to save", changed: "to save",
      save: "Save and recompute", saveHint: "All open clocks are recomputed within seconds.", put: "Saved as version {{version}} of the calendar; clocks are being recomputed", previousYear: "Year before", nextYear: "Year after", workingDays: "Working days: {{count}}", noNotice: "The holidays of {{year}} are not known yet: limits rest on weekends for now and are marked provisional", offMark: "H", workMark: "W", versionsTitle: "Against version {{now}}",
      onlyVersion: "This is the only version", byService: "by the software",
    },
    audience: { unit: "Handling unit", centre: "Hotline centre", outside: "Outside bodies" },
    block: { red_head: "Red head", title: "Title", subtitle: "Subtitle", addressee: "Addressee", paragraph: "Paragraph", heading: "Heading", note: "Note", form: "Form", signature: "Signature", copy_to: "Copy to" },
    blockText: { text: "Text", number: "Number", unit: "Unit", date: "Date", printed_by: "Printed by" },
    placeholder: {
      number: "Number", year: "Year", sequence: "Sequence", date: "Date", centre: "Centre", ticket_number: "Ticket number", acceptance_number: "Acceptance number", ticket_type: "Type", urgency: "Urgency", channel: "Channel", title: "Title", content: "Content", category: "Category", area: "Area", place: "Place", party: "Complained of", caller_name: "Name",
      caller_phone: "Phone", caller_address: "Address", caller_work_unit: "Work unit", unit: "Lead unit", co_units: "Co-handlers", accepted: "Accepted", due: "Due", answer: "Answer", maker: "Maker", maker_unit: "Maker's unit",
    },
    templates: {
      copy: "Copy as a new template", counts: "counts now", older: "Older ones", ownField: "Filled in: {{name}}", isNew: "New template", number: "Number", numberHint: "with year and sequence", audience: "Audience", audienceHint: "decides whether the caller is named", fields: "Filled in when made", placeholder: "Placeholder", multiline: "Lines", blocks: "Content", placeholders: "Insert:", kind: "Kind of block {{at}}", rows: "Rows", rowsHint: "one a line, cells parted by a bar, odd cells are labels, a line break is \\n",
      widths: "Widths", minLines: "Fewest lines a row", addBlock: "Add a block", preview: "Preview", ticket: "Ticket", ticketHint: "number or acceptance number", look: "Preview", values: "Fields to fill in ({{count}})", pages: "Pages: {{count}}", open: "Open in a new tab", staleLook: "The template changed since", noLook: "Enter a ticket's number to see the document; nothing is kept and no number is taken", mode: "Way of editing", byBlocks: "Blocks",
      source: "Source", unknown: "Unknown placeholders: {{names}}", save: "Save as new version", saveHint: "Documents made from now on use it; made ones stay.", put: "Saved as version {{version}}",
    },
    callers: {
      rule: "Rule for repeats", ruleHint: "By it a repeat mark is proposed at registration; it counts only after review.", enabled: "In use", count: "Earlier tickets", days: "Within days", sameCategory: "Only of the same category", onlyHandled: "Only handled ones", sentence: "A caller with {{count}} earlier tickets within {{days}} days{{category}}{{handled}} is proposed for a mark.", inCategory: " of the same category",
      anyCategory: "", handled: ", handled and closed,", anyState: "", off: "Not in use: no mark is proposed.", bans: "Bans", activeOnly: "Only those in force", noBans: "Nobody is banned", newBan: "Ban a caller", ban: "Ban", banHint: "Only after a repeat was confirmed by review, for a year at most.", until: "Until", reason: "Reason", by: "By", inForce: "in force", lifted: "lifted", over: "over", lift: "Lift", liftTitle: "Lift the ban", lifting: "Banned until {{until}}: {{reason}}", liftReason: "Why lifted",
      audit: "Looks at data", noAudit: "No looks", time: "Time", who: "Who", how: "How", revealed: "asked for", shown: "with the ticket",
    },
  },
};
