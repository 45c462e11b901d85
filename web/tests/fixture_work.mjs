// Made-up answers of the tickets' working screens: forms, suggestions, files, documents, clocks, tables.
import * as data from "./fixture_data.mjs";

const at = (minutes) => new Date(Date.now() + minutes * 60_000).toISOString();
const STEPS = ["sign", "reply", "dispatch", "callback", "return"];
const LIGHTS = ["RED", "YELLOW", "GREEN", "GREEN"];

const clock = (i) => {
  const t = data.ticket(i);
  const light = LIGHTS[i % 4];
  const hours = light === "RED" ? -(1 + (i % 5)) : 1 + i;
  return {
    clockId: `k-${i}`, ticketId: t.ticketId, step: STEPS[i % 5], state: i % 9 === 8 ? "CLOCK_STATE_PAUSED" : "CLOCK_STATE_RUNNING", light: `CLOCK_LIGHT_${light}`, unitId: t.unitId, escalationLevel: light === "RED" ? 1 + (i % 4) : 0,
    ...(i % 9 === 8 ? {} : { dueTime: at(hours * 60) }), workingTime: true, provisional: i % 11 === 10,
    timeLeftText: hours < 0 ? `超期 ${-hours} 小时` : `剩余 ${hours} 小时`, timeLeftTextEn: hours < 0 ? `${-hours} h overdue` : `${hours} h left`,
  };
};
const CLOCKS = Array.from({ length: 60 }, (_, i) => clock(i));
const fits = (q) => (one) => (!q.get("light") || one.light === q.get("light")) && (!q.get("step") || one.step === q.get("step"));

function summary(q) {
  const counts = new Map();
  for (const one of CLOCKS.filter(fits(q))) {
    const key = `${one.step} ${one.light}`;
    const now = counts.get(key) ?? { step: one.step, light: one.light, count: 0, paused: 0 };
    counts.set(key, { ...now, count: now.count + 1, paused: now.paused + (one.state === "CLOCK_STATE_PAUSED" ? 1 : 0) });
  }
  return { counts: [...counts.values()] };
}

const attachments = [
  { attachmentId: "f1", ticketId: "t-0", fileName: "现场照片.jpg", mediaType: "image/jpeg", size: "348211", uploaderUnitId: "city", uploadedBy: "u", fromCaller: true, scan: "SCAN_STATE_CLEAN", createTime: at(-90) },
  { attachmentId: "f2", ticketId: "t-0", fileName: "抢修记录.pdf", mediaType: "application/pdf", size: "1204211", uploaderUnitId: "water-bureau", uploadedBy: "u", used: true, scan: "SCAN_STATE_CLEAN", createTime: at(-40) },
];
const templates = [
  { templateId: "acceptance_sheet", name: "承办单", nameEn: "Acceptance sheet", fields: [] },
  { templateId: "supervision_order", name: "督办单", nameEn: "Supervision order", fields: [{ id: "problem", name: "存在问题", required: true, maxLength: 1000, multiline: true }] },
];
const documents = [{ documentId: "d1", title: "承办单", number: "云热承〔2026〕17号", pages: 1, size: "104220", createTime: at(-100) }];
const imports = [
  { importId: "i1", state: "running", fileName: "来信登记.xlsx", totalRows: "1200", doneRows: "430", createdRows: "421", refusedRows: "9", createTime: at(-1) },
  { importId: "i2", state: "done", fileName: "信访转办.csv", totalRows: "86", doneRows: "86", createdRows: "84", repeatedRows: "1", refusedRows: "1", createTime: at(-300) },
];
const duplicate = (i) => ({ ...data.ticket(i), kind: i % 2 ? "same_caller" : "same_matter", reason: "同一分类；地点相同", score: 0.8 });

export const workRoutes = [
  [/^GET \/v1\/processes\/(\w+)$/, ([type]) => ({ type, required: ["title"], fields: type === "TICKET_TYPE_SUGGESTION" ? [{ fieldId: "park", name: "涉及公园", nameEn: "Park", kind: "FORM_FIELD_KIND_CHOICE", required: true, choices: ["人民公园", "滨河公园"] }] : [] })],
  [/^GET \/v1\/scripts$/, () => ({ scripts: [] })],
  [/^POST \/v1\/tickets:suggestForDraft$/, () => ({ suggestions: [{ unitId: "water-bureau", rule: "catalogue", reason: "派单目录：供水由市水务局负责", score: 0.92 }, { unitId: "lixia", rule: "area", reason: "属地：历下区", score: 0.4 }] })],
  [/^POST \/v1\/tickets:findDuplicates$/, () => ({ duplicates: [duplicate(7), duplicate(14)] })],
  [/^GET \/v1\/tickets:batchGet$/, (_p, q) => ({ tickets: q.getAll("ticketIds").filter((id) => /^t-\d+$/.test(id)).map((id) => data.ticket(Number(id.slice(2)))) })],
  [/^GET \/v1\/tickets\/[^/]+\/attachments$/, () => ({ attachments })],
  [/^GET \/v1\/tickets\/[^/]+\/documents$/, () => ({ documents })],
  [/^GET \/v1\/documentTemplates$/, () => ({ templates })],
  [/^GET \/v1\/mapSettings$/, () => ({ tiles: [], maxZoom: 18, longitude: 113.65, latitude: 34.76, zoom: 12 })],
  [/^GET \/v1\/slaClocks$/, (_p, q) => ({ clocks: CLOCKS.filter(fits(q)) })],
  [/^GET \/v1\/slaClocks:summarise$/, (_p, q) => summary(q)],
  [/^GET \/v1\/ticketImports$/, () => ({ imports })],
];
