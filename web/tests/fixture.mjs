// A stand-in for the gateway, for looking at the pages and for the browser checks only: serves dist/, answers the REST
// calls from fixture_data.mjs, and plays telephony on the desk socket. An SDP offer is passed to whoever is connected at
// /test/peer (a second browser page), so that the phone's media is a real peer connection.
import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { WebSocketServer } from "ws";
import * as data from "./fixture_data.mjs";
import { workRoutes } from "./fixture_work.mjs";

const DIST = fileURLToPath(new URL("../dist/", import.meta.url));
const MIME = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".json": "application/json" };
const TICKETS = 10_000;

function wav(seconds) {
  const samples = 8000 * seconds;
  const b = Buffer.alloc(44 + samples * 2);
  b.write("RIFF", 0); b.writeUInt32LE(36 + samples * 2, 4); b.write("WAVEfmt ", 8); b.writeUInt32LE(16, 16); b.writeUInt16LE(1, 20); b.writeUInt16LE(1, 22);
  b.writeUInt32LE(8000, 24); b.writeUInt32LE(16000, 28); b.writeUInt16LE(2, 32); b.writeUInt16LE(16, 34); b.write("data", 36); b.writeUInt32LE(samples * 2, 40);
  for (let i = 0; i < samples; i += 1) b.writeInt16LE(Math.round(4000 * Math.sin((i * 2 * Math.PI * 440) / 8000)), 44 + i * 2);
  return b;
}

class Refusal extends Error {
  constructor(status, reason, errors = []) {
    super(reason);
    this.status = status;
    this.body = { type: "about:blank", title: reason, status, reason, detail: reason, errors };
  }
}

export class Fixture {
  constructor() {
    this.overrides = new Map();
    this.agent = { agentId: data.users[0].userId, state: "AGENT_STATE_SIGNED_OUT", version: 1, profile: {} };
    this.created = [];
    this.frames = []; // what pages sent on the desk socket
    this.desks = new Set();
    this.peer = null;
    this.lineVersion = 0;
    this.call = null;
    this.refreshes = 0;
    this.expireNow = false;
    this.server = createServer((req, res) => void this.handle(req, res));
    const sockets = new WebSocketServer({ noServer: true });
    this.server.on("upgrade", (req, socket, head) => sockets.handleUpgrade(req, socket, head, (ws) => this.onSocket(req.url, ws)));
  }

  listen(port = 0) {
    return new Promise((done) => this.server.listen(port, "127.0.0.1", () => done(this.server.address().port)));
  }

  close() {
    for (const ws of this.desks) ws.terminate();
    this.peer?.terminate();
    this.server.close();
    this.server.closeAllConnections();
  }

  // --- REST
  async handle(req, res) {
    const url = new URL(req.url, "http://x");
    if (!url.pathname.startsWith("/v1/")) return this.file(url.pathname, res);
    const chunks = [];
    for await (const chunk of req) chunks.push(chunk);
    const body = chunks.length ? JSON.parse(Buffer.concat(chunks).toString()) : {};
    try {
      const answer = this.answer(req.method, url, body, req.headers);
      if (Buffer.isBuffer(answer)) res.writeHead(200, { "content-type": "audio/wav" }).end(answer);
      else res.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      res.writeHead(error.status, { "content-type": "application/problem+json" }).end(JSON.stringify(error.body));
    }
    return undefined;
  }

  file(path, res) {
    const wanted = normalize(join(DIST, path));
    const file = wanted.startsWith(DIST) && existsSync(wanted) && statSync(wanted).isFile() ? wanted : join(DIST, "index.html");
    res.writeHead(200, { "content-type": MIME[extname(file)] ?? "application/octet-stream" });
    createReadStream(file).pipe(res);
  }

  tokens(user) {
    this.serial = (this.serial ?? 0) + 1;
    return { accessToken: `access-${user.userName}-${this.serial}`, accessExpireTime: new Date(Date.now() + 900_000).toISOString(), refreshToken: `refresh-${user.userName}-${this.serial}`, user };
  }

  answer(method, url, body, headers) {
    const path = url.pathname;
    const q = url.searchParams;
    if (path === "/v1/auth:signIn") {
      const user = data.users.find((u) => u.userName === body.userName);
      if (!user || body.password !== "hotline-fixture") throw new Refusal(401, "BAD_CREDENTIALS");
      return this.tokens(user);
    }
    if (path === "/v1/auth:refresh") {
      this.refreshes += 1;
      this.expireNow = false;
      return this.tokens(data.users.find((u) => body.refreshToken.includes(`-${u.userName}-`)));
    }
    if (!headers.authorization || this.expireNow) throw new Refusal(401, "UNAUTHENTICATED");
    const key = `${method} ${path}`;
    for (const [pattern, handler] of this.routes()) {
      const match = pattern.exec(key);
      if (match) return handler(match.slice(1).map(decodeURIComponent), q, body);
    }
    throw new Refusal(404, "NOT_FOUND");
  }

  ticket(id) {
    const found = this.overrides.get(id) ?? this.created.find((t) => t.ticketId === id) ?? (/^t-\d+$/.test(id) ? data.ticket(Number(id.slice(2))) : null);
    if (!found) throw new Refusal(404, "TICKET_NOT_FOUND");
    return found;
  }

  step(id, part) {
    const next = { ...this.ticket(id), ...part };
    this.overrides.set(id, next);
    return next;
  }

  list(q) {
    const states = q.getAll("states");
    const from = Number(q.get("pageToken") || 0);
    const size = Number(q.get("pageSize") || 50);
    const words = q.get("query") ?? "";
    const out = [];
    let i = from;
    for (; i < TICKETS && out.length < size; i += 1) {
      const t = this.overrides.get(`t-${i}`) ?? data.ticket(i);
      if (states.length && !states.includes(t.state)) continue;
      if (words && !t.title.includes(words.slice(0, 4)) && !t.number.includes(words)) continue;
      out.push(t);
    }
    if (q.get("orderBy") === "due_time") out.sort((a, b) => (a.limits[0]?.dueTime ?? "9").localeCompare(b.limits[0]?.dueTime ?? "9"));
    return { tickets: out, nextPageToken: i < TICKETS ? String(i) : "" };
  }

  create(body) {
    if (!body.ticket?.title) throw new Refusal(400, "INVALID_ARGUMENT", [{ field: "ticket.title", reason: "REQUIRED", description: "is required" }]);
    if (body.ticket.title.includes("坏标题")) throw new Refusal(400, "INVALID_ARGUMENT", [{ field: "ticket.title", reason: "NOT_ALLOWED", description: "is not allowed" }]);
    const made = {
      ...body.ticket, ticketId: `new-${this.created.length}`, number: `2026112300${1000 + this.created.length}`, acceptanceNumber: "73920418", etag: "1", unitId: body.dispatchUnitId ?? "", createTime: new Date().toISOString(), limits: [],
      state: body.answer ? "TICKET_STATE_CLOSED" : body.dispatchUnitId ? "TICKET_STATE_DISPATCHED" : "TICKET_STATE_ACCEPTED",
    };
    this.created.push(made);
    return { ticket: made, queryPin: "4071" };
  }

  setAgent(part) {
    this.agent = { ...this.agent, ...part, version: this.agent.version + 1, stateTime: new Date().toISOString() };
    this.tell({ type: "agent", agent: this.agent });
    return this.agent;
  }

  hits(words) {
    const found = data.articles.filter((a) => a.state === "ARTICLE_STATE_PUBLISHED" && [...words].some((c) => a.title.includes(c)));
    return { hits: found.map((a) => ({ ...a, title: a.title.replace(/(漏水|养老)/, "\u0001$1\u0002"), excerpt: (a.answer || a.body).slice(0, 60) })), words: [words] };
  }

  routes() {
    this.table ??= [
      ...workRoutes,
      [/^GET \/v1\/units$/, () => ({ units: data.units })],
      [/^GET \/v1\/categories$/, () => ({ categories: data.categories })],
      [/^GET \/v1\/lines$/, () => ({ lines: data.lines })],
      [/^GET \/v1\/users$/, () => ({ users: data.users })],
      [/^GET \/v1\/apiKeys$/, () => ({ apiKeys: [] })],
      [/^GET \/v1\/tickets$/, (_, q) => this.list(q)],
      [/^POST \/v1\/tickets$/, (_p, _q, body) => this.create(body)],
      [/^GET \/v1\/tickets\/([^/:]+)$/, ([id]) => this.ticket(id)],
      [/^GET \/v1\/tickets\/([^/]+)\/history$/, ([id]) => ({ entries: data.history(this.ticket(id)) })],
      [/^GET \/v1\/tickets\/[^/]+\/notices$/, () => ({ notices: data.notices })],
      [/^GET \/v1\/tickets\/[^/]+:suggestUnits$/, () => ({ suggestions: [{ unitId: "water-bureau", rule: "catalogue", reason: "派单目录:供水由市水务局负责", score: 0.92 }, { unitId: "lixia", rule: "area", reason: "属地:历下区", score: 0.4 }] })],
      [/^POST \/v1\/tickets\/([^/]+):dispatch$/, ([id], _q, body) => this.step(id, { state: "TICKET_STATE_DISPATCHED", unitId: body.unitId })],
      [/^POST \/v1\/tickets\/([^/]+):sign$/, ([id]) => this.step(id, { state: "TICKET_STATE_SIGNED" })],
      [/^POST \/v1\/tickets\/([^/]+):reply$/, ([id], _q, body) => this.step(id, { state: "TICKET_STATE_REPLIED", answer: body.text })],
      [/^POST \/v1\/tickets\/([^/]+):recordCallback$/, ([id], _q, body) => this.step(id, { state: "TICKET_STATE_CLOSED", solved: body.solved, satisfaction: body.satisfaction })],
      [/^GET \/v1\/callers\/[^/]+\/history$/, () => ({ tickets: [data.ticket(1), data.ticket(4), data.ticket(15)], openCount: 2, totalCount: 3 })],
      [/^GET \/v1\/agents$/, () => ({ agents: data.agents })],
      [/^GET \/v1\/agents\/me$/, () => this.agent],
      [/^POST \/v1\/agents\/me:signIn$/, () => this.setAgent({ state: "AGENT_STATE_NOT_READY" })],
      [/^POST \/v1\/agents\/me:signOut$/, () => this.setAgent({ state: "AGENT_STATE_SIGNED_OUT" })],
      [/^POST \/v1\/agents\/me:setState$/, (_p, _q, body) => this.setAgent({ state: body.state, reason: body.reason ?? "" })],
      [/^GET \/v1\/queues$/, () => ({ queues: data.queues, figures: data.figures })],
      [/^GET \/v1\/activeCalls$/, () => ({ calls: data.calls, total: data.calls.length })],
      [/^GET \/v1\/trunks$/, () => ({ trunks: data.trunks })],
      [/^GET \/v1\/recordings$/, () => ({ recordings: data.recordings })],
      [/^GET \/v1\/recordings\/[^/]+\/audio$/, () => wav(3)],
      [/^POST \/v1\/articles:suggest$/, (_p, _q, body) => this.hits(body.text)],
      [/^GET \/v1\/articles:search$/, (_p, q) => this.hits(q.get("query"))],
      [/^GET \/v1\/articles$/, (_p, q) => ({ articles: data.articles.filter((a) => a.state === q.get("state")) })],
      [/^GET \/v1\/articles\/([^/]+)$/, ([id]) => data.articles.find((a) => a.articleId === id)],
      [/^GET \/v1\/measures$/, () => ({ measures: data.measures, groupings: data.groupings })],
      [/^GET \/v1\/figures$/, () => ({ rows: Array.from({ length: 10 }, (_, h) => ({ group: { hour: new Date(new Date().setHours(h + 8, 0, 0, 0)).toISOString() }, figures: { calls_offered: 80 + h * 9, calls_connected: 77 + h * 9, answered_in_15s: 70 + h * 8, tickets_created: 40 + h * 5 } })) })],
      [/^GET \/v1\/wallboard$/, () => data.wallboard()],
      [/^GET \/v1\/flows$/, () => ({ flows: data.flows })],
      [/^GET \/v1\/flows\/[^/]+$/, () => data.flows[0]],
      [/^PUT \/v1\/flows\/[^/]+$/, (_p, _q, body) => ({ ...body, etag: "8" })],
      [/^POST \/v1\/flows\/[^/]+:check$/, () => ({ faults: [{ step: "welcome", reason: "UNKNOWN_STEP", message: "agent" }] })],
    ];
    return this.table;
  }

  // --- desk socket
  onSocket(path, ws) {
    if (path === "/test/peer") {
      this.peer = ws;
      ws.on("message", (m) => this.tell({ type: "line", event: { sdpAnswer: JSON.parse(m.toString()) } }));
      return;
    }
    ws.on("message", (m) => this.onFrame(ws, JSON.parse(m.toString())));
    ws.on("close", () => this.desks.delete(ws));
  }

  onFrame(ws, frame) {
    this.frames.push(frame);
    const send = (f) => ws.send(JSON.stringify(f));
    if (frame.type === "auth") {
      this.desks.add(ws);
      send({ type: "ready", userId: "u" });
    } else if (frame.type === "subscribe") {
      if (frame.topics.includes("agents")) send({ type: "agents", agents: data.agents, snapshot: true });
      if (frame.topics.includes("queues")) send({ type: "queues", figures: data.figures });
      if (frame.topics.includes("wallboard")) send({ type: "wallboard", wallboard: data.wallboard() });
    } else if (frame.type === "ping") send({ type: "pong" });
    else if (frame.type === "line") this.onLine(ws, frame.request);
  }

  onLine(ws, request) {
    if (request.attach) {
      if (this.lineOwner && this.lineOwner !== ws && this.lineTab !== request.attach.tabId)
        this.lineOwner.send(JSON.stringify({ type: "line", event: { superseded: { tabId: this.lineTab } } }));
      this.lineOwner = ws;
      this.lineTab = request.attach.tabId;
      this.sendState();
    } else if (request.sdpOffer) this.peer?.send(JSON.stringify(request.sdpOffer));
    else if (request.answer) this.setCall({ phase: "PHASE_TALKING", answerTime: new Date().toISOString() });
    else if (request.hold) this.setCall({ phase: "PHASE_HELD" });
    else if (request.resume) this.setCall({ phase: "PHASE_TALKING" });
    else if (request.mute) this.setCall({ muted: request.mute.muted });
    else if (request.hangUp || request.reject || request.toRating) this.endCall(request.toRating ? "to_rating" : "hangup");
    else if (request.dial) this.startCall({ phase: "PHASE_DIALLING", outbound: true, remoteNumber: request.dial.number, ticketId: request.dial.ticketId });
  }

  tell(frame) {
    for (const ws of this.desks) ws.send(JSON.stringify(frame));
  }

  sendState() {
    this.lineVersion += 1;
    this.lineOwner?.send(JSON.stringify({ type: "line", event: { state: { mediaConnected: true, version: String(this.lineVersion), ...(this.call ? { call: this.call } : {}) } } }));
  }

  startCall(part) {
    this.call = { callId: `call-${Date.now()}`, phase: "PHASE_RINGING", remoteNumber: "13800000001", calledNumber: "12345", queueId: "general", startTime: new Date().toISOString(), waitMs: 8200, ...part };
    if (!this.call.outbound) this.setAgent({ state: "AGENT_STATE_RESERVED" });
    this.sendState();
  }

  setCall(part) {
    this.call = { ...this.call, ...part };
    if (part.phase === "PHASE_TALKING") this.setAgent({ state: "AGENT_STATE_TALKING" });
    this.sendState();
  }

  endCall(endReason) {
    this.call = { ...this.call, phase: "PHASE_ENDED", endReason };
    this.sendState();
    this.call = null;
    this.setAgent({ state: "AGENT_STATE_WRAP_UP" });
  }

  // Breaks all desk sockets, as a killed gateway does.
  breakSockets() {
    for (const ws of this.desks) ws.terminate();
    this.desks.clear();
  }
}
