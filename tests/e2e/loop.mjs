// The whole loop: from a caller's SIP call to the leader's figures.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { agentHears, agentReady, agentSignsIn, Api, browser, dial, failed, signedIn, sipp, test, waitFor } from "./harness.mjs";

const data = process.env.SUITE_DATA;
const wav = join(data, "speech.wav");
execFileSync("bash", ["-c", `espeak-ng -v cmn -s 150 -w ${data}/raw.wav "解放路人行道水管爆裂,水流到马路上,请尽快派人处理。" && sox ${data}/raw.wav -r 8000 -c 1 -e a-law -t raw ${wav} repeat 20`]);
const speaking = (level) => level > -45; // dBFS, well above comfort noise

const admin = await Api.signIn("admin");
const chrome = await browser();
let page; // the agent's
let callId; // of the call in talk
let ticket; // registered in it
const sessions = {};
const as = async (user) => (sessions[user] ??= await Api.signIn(user));

await test("TEL-8 a call from an address that is no trunk's is refused", async () => {
  const result = await dial(["--local", "127.0.0.3", "--seconds", "1"]).done;
  assert.equal(result.answered, false);
  assert.equal(result.status, 403);
});

await test("IVR-1 the welcome is heard over UDP", async () => {
  const result = await dial(["--seconds", "4", "--from", "13900000001"]).done;
  assert.ok(result.answered);
  assert.ok(speaking(result.heard_dbfs), `heard ${result.heard_dbfs} dBFS`);
  return `${result.heard_dbfs} dBFS`;
});

await test("TEL-8 a call over TCP is answered", async () => {
  const { code, out } = await sipp("13900000002", { wav, milliseconds: 2000, transport: "t1" }).done;
  assert.equal(code, 0, out.slice(-2000));
});

await test("IVR-3 a mailbox message by key becomes a ticket with its recording", async () => {
  const caller = "13900000003";
  const entry = await Api.signIn("entry1");
  const result = await dial(["--keys", "~2.1~", "--seconds", "12", "--from", caller]).done;
  assert.ok(result.answered);
  const found = await waitFor("the ticket of the message", async () => (await entry.get(`/v1/tickets?query=${caller}`)).tickets?.[0]);
  assert.equal(found.channel, "CHANNEL_MAILBOX");
  assert.equal(found.state, "TICKET_STATE_TRANSCRIBE");
  const recording = (await entry.get(`/v1/recordings?recordingId=${found.recordingId}`)).recordings[0];
  assert.ok(recording.levelLeftDbfs > -45, `level ${recording.levelLeftDbfs}`);
  const audio = await entry.raw("GET", `/v1/recordings/${found.recordingId}/audio`, undefined, { Range: "bytes=0-99" });
  assert.equal(audio.status, 206);
  assert.equal((await audio.arrayBuffer()).byteLength, 100);
  return `${recording.durationMs} ms at ${Math.round(recording.levelLeftDbfs)} dBFS`;
});

await test("TEL-5 an agent signs in, the browser's line comes up, ready by one key", async () => {
  page = await signedIn(chrome, "agent1");
  await agentReady(page);
});

let caller;
await test("TKT-17 ACD-2 key 1 rings the agent, who sees the caller's number", async () => {
  caller = dial(["--keys", "~1", "--seconds", "40", "--from", "13911112222"]);
  await page.locator(".phone-bar.ringing").waitFor();
  await page.getByText("13911112222").first().waitFor();
});

await test("TEL-5 answered by a key, the agent hears the citizen", async () => {
  await page.keyboard.press("F2");
  await page.locator(".phone-call b", { hasText: "通话中" }).waitFor();
  const level = await agentHears(page);
  return `level ${level.toFixed(3)}`;
});

await test("TEL-1 hold and resume", async () => {
  await page.keyboard.press("F8");
  await page.locator(".phone-call b", { hasText: "保持" }).waitFor();
  await page.keyboard.press("F8");
  await page.locator(".phone-call b", { hasText: "通话中" }).waitFor();
});

await test("TEL-5 a reload of the page does not end the call", async () => {
  const began = Date.now();
  await page.reload();
  await page.locator(".phone-call b", { hasText: "通话中" }).waitFor();
  await agentHears(page);
  return `audible again after ${Date.now() - began} ms`;
});

await test("KB-3 TKT-4 the ticket is written with the knowledge beside it and registered by a key", async () => {
  await page.locator("input[maxlength='100']").first().fill("解放路人行道水管漏水");
  await page.keyboard.press("Alt+3");
  await page.keyboard.type("解放路人行道水管爆裂,水流到马路上。");
  await page.keyboard.press("Alt+4");
  await page.keyboard.type("管道漏水");
  await page.locator(".ant-select-tree-treenode", { hasText: "管道漏水" }).first().click();
  await page.locator(".hit", { hasText: "漏水" }).first().waitFor();
  if (process.env.SCREENSHOTS) await page.screenshot({ path: `${process.env.SCREENSHOTS}/desk.png` });
  await page.keyboard.press("Control+Enter");
  const number = page.locator("[data-testid=acceptance-number]");
  await number.waitFor();
  assert.match((await number.innerText()).replace(/ /g, ""), /^\d{8}$/);
  assert.match(await page.locator("[data-testid=query-pin]").innerText(), /^\d{4}$/);
  ticket = await waitFor("the ticket", async () => (await (await as("dispatcher1")).get("/v1/tickets?query=13911112222")).tickets?.[0]);
  ticket.pin = await page.locator("[data-testid=query-pin]").innerText();
});

await test("TEL-1 IVR-10 handed over to the rating, the citizen hears the question", async () => {
  await page.keyboard.press("Escape");
  callId = ticket.callId;
  await page.keyboard.press("F10");
  await page.locator(".phone-call b", { hasText: "通话中" }).waitFor({ state: "detached" });
  const result = await caller.done;
  assert.ok(speaking(result.heard_dbfs), `the caller heard ${result.heard_dbfs} dBFS`);
  return `caller heard ${result.heard_seconds} s at ${result.heard_dbfs} dBFS`;
});

await test("TEL-3 TEL-4 the CDR is kept and the recording has both sides", async () => {
  const api = await as("supervisor1");
  const call = await waitFor("the CDR", async () => {
    const found = await api.get(`/v1/calls/${callId}`);
    return found.endTime ? found : null;
  });
  assert.equal(call.outcome, "agent");
  assert.ok(call.talkMs > 0);
  const recording = await waitFor("the recording", async () => (await api.get(`/v1/recordings?callId=${callId}`)).recordings?.find((r) => r.kind === "call"));
  assert.ok(recording.levelLeftDbfs > -45 && recording.levelRightDbfs > -50, JSON.stringify(recording));
  return `left ${Math.round(recording.levelLeftDbfs)}, right ${Math.round(recording.levelRightDbfs)} dBFS`;
});

await test("TKT-6 the ticket is dispatched by the first suggestion", async () => {
  const api = await as("dispatcher1");
  const { suggestions } = await api.get(`/v1/tickets/${ticket.ticketId}:suggestUnits`);
  assert.equal(suggestions[0].unitId, "water-company");
  ticket = { ...(await api.post(`/v1/tickets/${ticket.ticketId}:dispatch`, { etag: ticket.etag, unitId: "water-company" })), pin: ticket.pin };
  assert.equal(ticket.state, "TICKET_STATE_DISPATCHED");
});

await test("SLA-1 SLA-7 the clocks of preset standard run on the ticket", async () => {
  const api = await as("dispatcher1");
  const seen = await waitFor("limits", async () => {
    const now = await api.get(`/v1/tickets/${ticket.ticketId}`);
    return now.limits?.some((l) => l.step === "sign" && l.dueTime) ? now : null;
  });
  return seen.limits.map((l) => `${l.step} ${l.dueTime}`).join(", ");
});

let key;
await test("PLT-3 the department lists, signs and replies over REST with an API key", async () => {
  key = (await admin.post("/v1/apiKeys", { apiKey: { unitId: "water-company", label: "水务系统", roles: ["ROLE_OFFICER"] }, requestId: crypto.randomUUID() })).secret;
  const unit = new Api(key);
  const listed = await unit.get("/v1/tickets?states=TICKET_STATE_DISPATCHED");
  assert.ok(listed.tickets.some((t) => t.ticketId === ticket.ticketId));
  const signed = await unit.post(`/v1/tickets/${ticket.ticketId}:sign`, {});
  assert.equal(signed.state, "TICKET_STATE_SIGNED");
  const replied = await unit.post(`/v1/tickets/${ticket.ticketId}:reply`, { text: "已派抢修队更换破损水管,路面已恢复。" });
  assert.equal(replied.state, "TICKET_STATE_REPLIED");
});

await test("PLT-3 another unit gets 403, and bad input gets problems that name it", async () => {
  const other = await Api.signIn("officer.market");
  const problem = await other.refused("GET", `/v1/tickets/${ticket.ticketId}`);
  assert.equal(problem.httpStatus, 403);
  assert.equal(problem.reason, "WRONG_UNIT");
  const unit = new Api(key);
  const unknown = await unit.refused("POST", `/v1/tickets/${ticket.ticketId}:reply`, { text: "x", colour: "red" });
  assert.equal(unknown.httpStatus, 400);
  assert.match(JSON.stringify(unknown), /colour/);
  const token = await unit.refused("GET", "/v1/tickets?pageToken=nonsense");
  assert.equal(token.httpStatus, 400);
  assert.match(JSON.stringify(token), /pageToken/);
  const value = await unit.refused("GET", "/v1/tickets?states=PURPLE");
  assert.match(JSON.stringify(value), /states/);
});

await test("IVR-5 the query by phone tells the state", async () => {
  const digits = ticket.acceptanceNumber;
  const result = await dial(["--from", "13911112222", "--keys", `~2.3.${digits}~1`, "--seconds", "8"]).done;
  assert.ok(result.answered);
  const api = await as("supervisor1");
  const calls = await waitFor("the query's CDR", async () => {
    const { calls: all } = await api.get("/v1/calls?number=13911112222");
    return all?.find((c) => c.ticketId === ticket.ticketId && c.outcome === "self_service");
  });
  return `call ${calls.callId.slice(0, 8)}`;
});

await test("TKT-9 the reply is accepted and opens the call back", async () => {
  const api = await as("supervisor1");
  const now = await api.get(`/v1/tickets/${ticket.ticketId}`);
  const reviewed = await api.post(`/v1/tickets/${ticket.ticketId}:reviewReply`, { etag: now.etag, accepted: true });
  assert.equal(reviewed.state, "TICKET_STATE_CALLBACK");
});

await test("TKT-10 TEL-7 the agent calls the citizen back from the ticket", async () => {
  await page.goto(`/tickets/${ticket.ticketId}`);
  await page.locator(".timeline li").first().waitFor();
  await page.getByText("话机就绪").waitFor();
  await page.getByRole("button", { name: /拨打|呼叫|回访/ }).first().click();
  await page.locator(".phone-call b", { hasText: "通话中" }).waitFor();
  const level = await agentHears(page);
  await page.keyboard.press("F4");
  await page.locator(".phone-call b", { hasText: "通话中" }).waitFor({ state: "detached" });
  return `level ${level.toFixed(3)}`;
});

await test("TKT-10 TKT-16 solved and satisfied closes, archiving keeps the whole history", async () => {
  const api = await as("agent1");
  let now = await api.get(`/v1/tickets/${ticket.ticketId}`);
  now = await api.post(`/v1/tickets/${ticket.ticketId}:recordCallback`, { etag: now.etag, reached: true, solved: true, satisfaction: "satisfied" });
  assert.equal(now.state, "TICKET_STATE_CLOSED");
  now = await api.post(`/v1/tickets/${ticket.ticketId}:archive`, { etag: now.etag });
  assert.equal(now.state, "TICKET_STATE_ARCHIVED");
  const { entries } = await api.get(`/v1/tickets/${ticket.ticketId}/history`);
  const actions = entries.map((e) => e.action);
  for (const action of ["created", "dispatched", "signed", "replied", "reviewed", "archived"]) assert.ok(actions.includes(action), `${action} in ${actions}`);
  return actions.join(" ");
});

await test("ANA-1 STD-1 the figures are right within 5 s of the last event, as JSON and CSV", async () => {
  const api = await as("analyst1");
  const board = await waitFor("the figures", async () => {
    const now = await api.get("/v1/wallboard");
    return Number(now.ticketsClosed) >= 1 && Number(now.callsConnected) >= 1 ? now : null;
  }, 20_000);
  assert.ok(Number(board.callsOffered) >= 4);
  assert.equal(Number(board.answeredIn15s), Number(board.callsConnected));
  assert.ok(Number(board.ticketsByType.help) >= 1 || Number(board.ticketsByType.complaint) >= 1 || Number(board.ticketsByType.consultation) >= 1);
  assert.equal(Number(board.ticketsByUnit["water-company"]), 1);
  assert.equal(board.solvedRate, 1);
  assert.equal(board.satisfiedRate, 1);
  assert.equal(board.onTimeRate, 1);
  const csv = await api.raw("GET", "/v1/figures?measures=tickets_created&groupBy=type", undefined, { Accept: "text/csv" });
  assert.match(csv.headers.get("content-type"), /text\/csv/);
  assert.match(await csv.text(), /tickets_created/);
  return `offered ${board.callsOffered}, connected ${board.callsConnected}`;
});

await test("ANA-4 the wallboard page updates live", async () => {
  const wall = await signedIn(chrome, "leader1", { width: 1920, height: 1080 });
  await wall.goto("/wallboard");
  await wall.locator(".wb-value").first().waitFor();
  const api = await as("analyst1");
  const before = Number((await api.get("/v1/wallboard")).callsOffered);
  await dial(["--seconds", "1", "--from", "13900000009"]).done;
  await wall.waitForFunction((n) => [...document.querySelectorAll(".wb-value")].some((e) => Number(e.textContent.replace(/[^\d.]/g, "")) === n + 1), before);
  if (process.env.SCREENSHOTS) await wall.screenshot({ path: `${process.env.SCREENSHOTS}/wallboard.png` });
  await wall.context().close();
});

await test("ACD-4 an agent who lets it ring is set not ready and the caller is rung through to the next", async () => {
  await page.goto("/desk");
  await page.getByText("话机就绪").waitFor();
  const second = await signedIn(chrome, "agent2");
  await agentSignsIn(second);
  const waiting = dial(["--keys", "~1", "--seconds", "60", "--from", "13900000011"]);
  await page.locator(".phone-bar.ringing").waitFor();
  await second.keyboard.press("F7");
  await second.locator(".agent-agent_state_ready").waitFor();
  await page.locator(".agent-agent_state_not_ready").waitFor();
  await second.locator(".phone-bar.ringing").waitFor();
  await second.keyboard.press("F2");
  await second.locator(".phone-call b", { hasText: "通话中" }).waitFor();
  await second.keyboard.press("F4");
  const result = await waiting.done;
  assert.equal(result.ended_by, "remote", "the agent's hang-up ends the caller's call");
  await second.context().close();
});

assert.deepEqual(page?.faults ?? [], []);
await chrome.close();
process.exit(failed() ? 1 : 0);
