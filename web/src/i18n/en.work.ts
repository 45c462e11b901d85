// English for the working screens of tickets.
import type { zhWork } from "./zh-CN.work";

type Shape<T> = { [K in keyof T]: T[K] extends string ? string : Shape<T[K]> };

export const enWork: Shape<typeof zhWork> = {
  work: {
    noNature: "Open", notSaid: "Not said", callerKind: "Kind of caller", workUnit: "Employer", address: "Address", tagsHint: "Type, then press Enter", banned: "This number is banned until {{until}}", repeats: "This caller came {{count}} times before: perhaps an unreasonable repeat", repeatsHint: "It can be marked after registration; nothing follows before a review.",
    duplicate: { same_caller: "Same caller", same_matter: "Same matter" }, attachments: "Attachments", noAttachments: "No attachments", addFile: "Add a file", addEvidence: "Add evidence", dropHere: "or drop files here", fileLimits: "Pictures, documents, audio and video of up to 20 MB each",
    fileFault: { type: "This kind of file is not taken", size: "Larger than 20 MB", empty: "The file is empty", count: "There are 50 files already" }, uploading: "Uploading {{name}}", dropFile: "Remove {{name}}", downloadFile: "Download {{name}}", download: "Download", evidence: "Evidence", fromCaller: "From the caller", fromCallerReleased: "From the caller, released", scanPending: "Being checked for viruses",
    infected: "Has a virus: not served", release: "Release to the units", releaseHint: "Make sure first that the file does not tell who reported.", takeBack: "Take back", documents: "Documents", noDocuments: "No documents", makeDocument: "Make a document", template: "Kind", preview: "Preview", previewTitle: "Preview, {{count}} pages", make: "Make", made: "Made: {{name}}", pages: "{{count}} pages",
    showsCaller: "Names the caller", fieldsInChinese: "The document is in Chinese: please fill in Chinese.", related: "Related tickets", findAlike: "Find similar tickets", member: "Merged ticket", verify: "Check it is whole", intact: "{{count}} entries, all as written", broken: "Entries {{from}} to {{to}} changed or missing", byStep: "Limits by step", script: { say: "Say", ask: "Ask", check: "Check" }, level: "Ladder", fromLevel: "{{measure}} or more", paused: "Paused", pausedCount: "{{count}} paused", provisional: "Holidays not published yet", due: "Due", noClocks: "No limits match", clocks: "Limits: {{count}}", clocksMore: "{{count}} limits shown, scroll for more",
  },
  map: {
    title: "On the map", at: "longitude {{longitude}}, latitude {{latitude}}", open: "Place on the map", close: "Close the map", show: "Show the map", longitude: "Longitude", latitude: "Latitude", remove: "Remove the place", none: "no place yet", zoomIn: "Closer", zoomOut: "Further", noTiles: "The background cannot be loaded at present; the graticule still shows where places lie.",
    hint: "Click or use the arrow keys; Shift for long steps, Enter for the centre, plus and minus to zoom.", label: "Map, {{point}}. Arrow keys move the place, plus and minus zoom, Enter takes the centre.", labelRead: "Map, {{point}}. Arrow keys move the view, plus and minus zoom.",
  },
  exchange: {
    send: "Import tickets", choose: "Choose a table", dryRun: "Only check, register nothing", stop: "Stop", limits: "CSV of up to a million rows, Excel of up to 200,000. Each row is checked as if it were typed in; wrong ones come back in a table that can be mended and sent again.", taken: "Taken in: {{name}}", template: "Template", templateHint: "The first row has the titles, the second an example. Rows of the same external id are registered once.", templateName: "ticket-import-template", csv: "CSV", xlsx: "Excel",
    list: "Imports", none: "Nothing was imported yet", file: "File", state: "State", rows: "Rows", created: "Registered", repeated: "Repeated", refused: "Refused", by: "By", time: "When", mend: "Refused rows", report: "Get", running: "Importing", done: "Done", checked: "Checked", failed: "Failed", why: "{{name}}: {{why}}",
    fault: { table: "Please choose a CSV or Excel file", size: "The file is too large", empty: "The file is empty" }, export: "Export", exportHint: "Exports the list as it is filtered, up to 50,000 tickets. Reason and filter are kept on record.", format: "Format", reason: "Reason", exportName: "tickets", exported: "Exported",
  },
};
