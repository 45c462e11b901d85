// Made-up data for looking at the pages without the suite. Nothing of it is in the product.
const NOW = Date.now();
const at = (minutes) => new Date(NOW + minutes * 60_000).toISOString();

const unit = (unitId, parentId, level, name, nameEn, kind, areaCode = "", tags = []) => ({
  unitId, parentId, level, name, nameEn, kind, areaCode, tags, active: true, phone: "0531-6600" + String(1000 + unitId.length * 37), path: `/${unitId}/`, etag: "1",
});
export const units = [
  unit("city", "", 1, "泉城市政府办公室", "City government office", "government_office"),
  unit("lixia", "city", 2, "历下区", "Lixia county", "county", "370102"),
  unit("shizhong", "city", 2, "市中区", "Shizhong county", "county", "370103"),
  unit("lixia-water", "lixia", 3, "历下区水务科", "Lixia water section", "section", "370102", ["供水"]),
  unit("water-bureau", "city", 2, "市水务局", "Water bureau", "department", "", ["供水"]),
  unit("housing-bureau", "city", 2, "市住建局", "Housing bureau", "department", "", ["物业", "供热"]),
  unit("hrss-bureau", "city", 2, "市人社局", "Human resources bureau", "department", "", ["社保"]),
  unit("traffic-police", "city", 2, "市交警支队", "Traffic police", "vertical", "", ["停车"]),
];
const category = (categoryId, parentId, name, nameEn, defaultUnitId, order, script = "", tags = []) => ({ categoryId, parentId, name, nameEn, defaultUnitId, order, script, tags });
export const categories = [
  category("water", "", "供水", "Water", "water-bureau", 1, "", ["供水"]),
  category("water.leak", "water", "管道漏水", "Leaking pipe", "water-bureau", 1, "请问漏水的具体位置在哪里？是否影响通行？\n是否已经停水？", ["供水"]),
  category("water.stop", "water", "停水", "Water cut", "water-bureau", 2, "请问停水从什么时候开始？是整栋楼停水还是您一户？", ["供水"]),
  category("housing", "", "住房城建", "Housing", "housing-bureau", 2),
  category("housing.heat", "housing", "供热不足", "Heating", "housing-bureau", 1, "请问室内温度大约多少度？供热单位是哪一家？"),
  category("social", "", "社会保障", "Social security", "hrss-bureau", 3),
  category("social.pension", "social", "养老保险", "Pension", "hrss-bureau", 1),
  category("traffic", "", "交通出行", "Traffic", "traffic-police", 4),
  category("traffic.parking", "traffic", "违章停车", "Parking", "traffic-police", 1),
];
export const lines = [{ line: "12345", name: "政务服务便民热线", nameEn: "Citizens' hotline", mode: "merged", unitId: "city" }];

const ROLES = {
  agent: ["ROLE_AGENT"], officer: ["ROLE_OFFICER"], lead: ["ROLE_TEAM_LEAD"], clerk: ["ROLE_ENTRY_CLERK"], admin: ["ROLE_ADMIN"], editor: ["ROLE_KNOWLEDGE_EDITOR", "ROLE_KNOWLEDGE_REVIEWER"],
  supervisor: ["ROLE_SUPERVISOR", "ROLE_DISPATCHER"],
};
const NAMES = { agent: "李敏", officer: "王建国", lead: "赵红", clerk: "孙悦", admin: "管理员", editor: "周文", supervisor: "陈督" };
export const users = Object.entries(ROLES).map(([userName, roles], i) => ({
  userId: `0192f0c0-0000-7000-8000-00000000000${i}`, userName, displayName: NAMES[userName], roles, unitId: userName === "officer" ? "water-bureau" : "city", active: true, employeeNumber: String(8001 + i), etag: "1",
}));

const TITLES = [
  ["解放路人行道水管爆裂漏水", "water.leak", "TICKET_TYPE_HELP"], ["小区暖气不热要求处理", "housing.heat", "TICKET_TYPE_COMPLAINT"], ["咨询养老保险转移手续", "social.pension", "TICKET_TYPE_CONSULTATION"],
  ["举报夜间渣土车违停", "traffic.parking", "TICKET_TYPE_REPORT"], ["建议增设公交站台座椅", "traffic", "TICKET_TYPE_SUGGESTION"], ["表扬社区工作人员", "social", "TICKET_TYPE_PRAISE"], ["整栋楼停水两天无人处理", "water.stop", "TICKET_TYPE_COMPLAINT"],
];
const STATES = ["ACCEPTED", "DISPATCHED", "SIGNED", "REPLIED", "CALLBACK", "CLOSED", "TRANSCRIBE", "RETURN_REQUESTED"];
const STEP = { ACCEPTED: "dispatch", DISPATCHED: "sign", SIGNED: "reply", REPLIED: "reply", CALLBACK: "callback", TRANSCRIBE: "dispatch", RETURN_REQUESTED: "return" };

export function ticket(i) {
  const [title, categoryId, type] = TITLES[i % TITLES.length];
  const state = STATES[(i * 3) % STATES.length];
  const due = [-95, 25, 190, 1700, 4000][i % 5];
  const open = state !== "CLOSED";
  return {
    ticketId: `t-${i}`, number: `2026112200${String(i).padStart(4, "0")}`, acceptanceNumber: String(48210000 + i * 37), type, state: `TICKET_STATE_${state}`, channel: state === "TRANSCRIBE" ? "CHANNEL_MAILBOX" : "CHANNEL_PHONE",
    urgency: ["URGENCY_ORDINARY", "URGENCY_ORDINARY", "URGENCY_URGENT", "URGENCY_ORDINARY", "URGENCY_CRITICAL"][i % 5],
    caller: { name: "张某", phone: "13800000001", kind: "citizen" }, title, content: `来电人反映：${title}。希望相关部门尽快到现场查看并答复处理结果。`, categoryId, areaCode: i % 2 ? "370102" : "370103", place: "解放路 188 号", line: "12345", callId: "c-1",
    unitId: state === "ACCEPTED" || state === "TRANSCRIBE" ? "" : "water-bureau", answer: state === "REPLIED" || state === "CALLBACK" || state === "CLOSED" ? "市水务局已于当日到场更换破损管段，现场已恢复通行和供水。" : "", tags: ["供水"],
    limits: open ? [{ clockId: `k-${i}`, step: STEP[state], dueTime: at(due), warnTime: at(due - 60), light: due < 0 ? "LIMIT_LIGHT_RED" : "LIMIT_LIGHT_GREEN" }] : [],
    createTime: at(-60 * (i + 1)), updateTime: at(-30 * (i + 1)), etag: "1", ...(state === "CLOSED" ? { solved: true, satisfaction: "satisfied", closeTime: at(-10) } : {}),
  };
}
export const history = (t) => [
  { sequence: "1", time: at(-120), actorId: "u", actorName: "李敏", actorUnitId: "city", action: "created", note: "来电登记", state: "TICKET_STATE_ACCEPTED" },
  { sequence: "2", time: at(-100), actorId: "u", actorName: "陈督", actorUnitId: "city", action: "dispatched", note: "请尽快处理，注意现场安全。", state: "TICKET_STATE_DISPATCHED" },
  { sequence: "3", time: at(-70), actorId: "u", actorName: "王建国", actorUnitId: "water-bureau", action: "signed", state: "TICKET_STATE_SIGNED" },
  { sequence: "4", time: at(-35), actorId: "service:sla_timer", action: "warned", note: "答复时限将到", state: t.state },
];
export const notices = [{ noticeId: "n1", kind: "warning", addressee: "water-bureau", text: "工单答复时限将到，请及时办理。", status: "pending", createTime: at(-35) }];
export const articles = [
  { articleId: "a1", version: 2, state: "ARTICLE_STATE_PUBLISHED", unitId: "water-bureau", categoryId: "water.leak", kind: "procedure", title: "供水管道漏水报修办法", body: "# 适用范围\n市政供水管道漏水。\n\n## 办理步骤\n1. 登记具体位置\n2. **2 小时内**到场\n3. 修复后回复\n\n| 情形 | 时限 |\n| --- | --- |\n| 爆管 | 4 小时 |\n| 渗漏 | 24 小时 |\n", answer: "您反映的漏水情况我们已登记，抢修人员两小时内到达现场，请注意避让。", keywords: ["漏水"], public: true, updateTime: at(-4000), etag: "3", expireTime: at(60 * 24 * 90) },
  { articleId: "a2", version: 1, state: "ARTICLE_STATE_PUBLISHED", unitId: "hrss-bureau", categoryId: "social.pension", kind: "question", title: "养老保险关系怎样转移", body: "携带身份证到新参保地社保窗口办理，或网上申请。", answer: "您可以在新参保地的社保窗口或网上平台申请转移，一般四十五个工作日内办完。", keywords: ["养老"], public: true, updateTime: at(-9000), etag: "1" },
  { articleId: "a3", version: 1, state: "ARTICLE_STATE_SUBMITTED", unitId: "housing-bureau", categoryId: "housing.heat", kind: "policy", title: "供热温度不达标的退费规定", body: "室温低于 18 度可申请测温退费。", answer: "", keywords: [], public: false, updateTime: at(-300), etag: "1" },
];
export const queues = [
  { queueId: "general", name: "综合业务", nameEn: "General", requiredSkills: ["general"], strategy: "STRATEGY_LONGEST_IDLE", priority: 10, ringSeconds: 15, targetSeconds: 15, etag: "1" },
  { queueId: "english", name: "英语服务", nameEn: "English", requiredSkills: ["english"], strategy: "STRATEGY_SKILL_LEVEL", priority: 20, ringSeconds: 20, targetSeconds: 15, etag: "1" },
];
export const figures = [
  { queueId: "general", waiting: 4, longestWaitSeconds: 38, agentsReady: 0, agentsBusy: 14, agentsNotReady: 3 },
  { queueId: "english", waiting: 0, longestWaitSeconds: 0, agentsReady: 2, agentsBusy: 0, agentsNotReady: 0 },
];
const AGENT_STATES = ["TALKING", "READY", "WRAP_UP", "NOT_READY", "RESERVED", "TALKING"];
export const agents = Array.from({ length: 24 }, (_, i) => ({
  agentId: `ag-${i}`, state: `AGENT_STATE_${AGENT_STATES[i % 6]}`, reason: i % 6 === 3 ? "meal" : "", stateTime: at(-i * 1.7 - 0.5), version: "1", lineUp: i !== 9,
  profile: { displayName: `坐席${i + 1}`, employeeNumber: String(8100 + i), skills: [{ name: "general", level: 5 }, ...(i % 4 ? [] : [{ name: "english", level: 7 }])] },
}));
export const calls = Array.from({ length: 5 }, (_, i) => ({
  callId: `c-${i}`, direction: i === 3 ? "outbound" : "inbound", callerNumber: `138****00${i}1`, calledNumber: "12345", startTime: at(-2 - i), queueId: "general", ...(i < 3 ? { enqueueTime: at(-1.5), agentAnswerTime: at(-1 - i), agentId: `ag-${i}` } : i === 4 ? { enqueueTime: at(-0.4) } : {}),
}));
export const trunks = [{ trunkId: "t1", name: "电信中继", up: true, activeCalls: 19, capacity: 60 }, { trunkId: "t2", name: "联通中继", up: false, activeCalls: 0, capacity: 60 }];
export const wallboard = () => ({
  time: new Date().toISOString(), callsOffered: "1284", callsRequestedAgent: "1101", callsConnected: "1069", answeredIn15s: "1002", callsAbandoned: "32", connectRate24h: 0.971, answeredIn15sRate: 0.937, callsNow: 23 + Math.floor(Math.random() * 3), waitingNow: 4,
  agentsByState: { ready: 3, reserved: 1, talking: 14, wrap_up: 4, not_ready: 3 }, ticketsCreated: "612", ticketsByType: { consultation: "301", help: "120", complaint: "98", report: "41", suggestion: "39", praise: "13" },
  ticketsByUnit: { "water-bureau": "88", "housing-bureau": "71", "traffic-police": "65", "hrss-bureau": "44", lixia: "30" }, ticketsByArea: { 370102: "240", 370103: "198" },
  ticketsOpen: "1733", ticketsOverdue: "12", ticketsClosed: "540", onTimeRate: 0.982, solvedRate: 0.913, satisfiedRate: 0.947, callbacksRecorded: "233", messagesLeft: "18",
});
export const measures = [
  ["calls_offered", "来电量", "Calls offered"], ["calls_connected", "接通量", "Connected"], ["answered_in_15s", "15 秒接听量", "Answered in 15 s"], ["connect_rate", "接通率", "Connect rate", true], ["tickets_created", "工单量", "Tickets"],
].map(([name, title, titleEn, ratio]) => ({ name, title, titleEn, definition: title, ratio: !!ratio }));
export const groupings = [["hour", "小时", "Hour"], ["day", "日", "Day"], ["type", "类型", "Type"], ["unit", "单位", "Unit"]].map(([name, title, titleEn]) => ({ name, title, titleEn }));
export const flows = [{ flowId: "main", name: "主流程", version: 0, publishedVersion: 3, etag: "7", publishTime: at(-5000), definitionJson: JSON.stringify({ start: "welcome", steps: { welcome: { play: "welcome", keys: { 1: "agent", 2: "automatic" } } } }) }];
export const recordings = [{ recordingId: "r1", callId: "c-1", kind: "call", purpose: "call", startTime: at(-130), durationMs: 3000, sizeBytes: "48044" }];
