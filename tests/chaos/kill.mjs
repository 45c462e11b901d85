// A loaded run (callers waiting, an agent in talk, tickets being registered and handled) in which every process is killed
// with -9 in turn. Afterwards: everything accepted is there, nothing twice, calls in talk live on (but those of a killed
// telephony, whose records and recordings are kept), waiting calls keep waiting.
import assert from "node:assert/strict";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { agentHears, agentReady, Api, browser, control, dial, failed, signedIn, test, waitFor } from "../e2e/harness.mjs";

const data = process.env.SUITE_DATA;
const ROUNDS = Number(process.env.ROUNDS ?? 3);
const SERVICES = ["gateway", "directory", "agent_state", "acd", "ivr", "ticket", "sla_timer", "knowledge_base", "analytics", "redis", "postgres"];
const RUN = `压力工单${Date.now()}`; // in every title, so that an installation may be tested more than once
const pidOf = (name) => Number(control("pid", name));
async function kill(name) {
  const pid = await waitFor(`${name} to run`, () => pidOf(name) || 0);
  process.kill(pid, "SIGKILL");
  return waitFor(`${name} to be back`, () => {
    const now = pidOf(name);
    return now && now !== pid ? now : 0;
  });
}
const ready = () => fetch(`http://127.0.0.1:${process.env.SUITE_PORT}/readyz`).then((r) => r.ok, () => false);

// Calls again until the suite is there; a request id makes the repetition harmless.
async function persist(what, work) {
  return waitFor(what, async () => {
    try {
      return await work();
    } catch (error) {
      if (error.status && error.status < 500 && error.status !== 429 && error.status !== 409) throw error;
      return null;
    }
  });
}

let agentApi = await Api.signIn("agent3");
const accepted = []; // tickets whose creation was answered with success
async function register(n) {
  const requestId = crypto.randomUUID();
  const title = `${RUN} ${n}`;
  const answer = await persist(`ticket ${n}`, async () => {
    try {
      return await agentApi.post("/v1/tickets", { ticket: { type: "TICKET_TYPE_HELP", channel: "CHANNEL_PHONE", title, content: "路灯不亮", categoryId: "urban.lamp", areaCode: "990102" }, requestId, dispatchUnitId: "urban-management" });
    } catch (error) {
      if (error.status === 401) agentApi = await Api.signIn("agent3").catch(() => agentApi);
      throw error.status === 401 ? Object.assign(error, { status: 503 }) : error;
    }
  });
  accepted.push(answer.ticket.ticketId);
}

const chrome = await browser();
const page = await signedIn(chrome, "agent1");
await agentReady(page);

const start = await (await Api.signIn("analyst1")).get("/v1/wallboard");
const connectedBefore = Number(start.callsConnected ?? 0);
const createdBefore = Number(start.ticketsCreated ?? 0);
// Callers press 1 a second into the welcome (".1"), which a key interrupts.
let registered = 0;
const number = (kind, round) => `139${kind}${String(round).padStart(7, "0")}`; // of callers, each but once
const inTalk = () => page.locator(".phone-call b", { hasText: "通话中" }).waitFor();
// The agent is done with the call at once instead of when the time for it is over.
async function wrapUpDone() {
  await page.locator(".agent-agent_state_wrap_up, .agent-agent_state_ready").first().waitFor();
  if (await page.locator(".agent-agent_state_wrap_up").count()) await page.keyboard.press("F7");
}

// The records of calls that a crash cut short are ended by the next start.
async function interrupted(api, caller) {
  return waitFor(`the record of ${caller}`, async () => {
    const { calls } = await api.get(`/v1/calls?number=${caller}`).catch(() => ({}));
    return calls?.find((call) => call.endTime && call.endReason === "failed");
  });
}

// Sizes of the recordings being written, in bytes.
function partialRecordings() {
  const directory = join(data, "recordings");
  const files = readdirSync(directory, { recursive: true }).filter((name) => String(name).endsWith(".part"));
  return files.map((name) => statSync(join(directory, String(name)), { throwIfNoEntry: false })?.size ?? 0);
}

async function killTelephony(round) {
  const api = await Api.signIn("supervisor1");
  const talk = dial(["--repeat", "--keys", ".1", "--seconds", "600", "--from", number(3, round)]);
  await page.locator(".phone-bar.ringing").waitFor();
  await page.keyboard.press("F2");
  await inTalk();
  await agentHears(page);
  const waiting = dial(["--repeat", "--keys", ".1", "--seconds", "600", "--from", number(4, round)]);
  await waitFor("the second caller to wait", async () => (await api.get("/v1/queues")).figures?.some((f) => Number(f.waiting) === 1));
  // A crash costs a recording what is not written yet: at most two seconds.
  await waitFor("the recording to be on disk", () => partialRecordings().some((size) => size > 16_000));
  const load = Promise.all(Array.from({ length: 5 }, () => register((registered += 1))));
  await kill("telephony");
  await load;
  for (const call of [talk, waiting]) call.done.catch(() => {}); // what they would have measured is of no interest
  for (const call of [talk, waiting]) call.child.kill("SIGKILL");
  await waitFor("the suite to be ready", ready);
  const record = await interrupted(api, number(3, round));
  assert.equal(record.outcome, "agent");
  assert.equal((await interrupted(api, number(4, round))).outcome, "abandoned");
  const recording = await waitFor("the recording", async () => (await api.get(`/v1/recordings?callId=${record.callId}`)).recordings?.find((r) => r.kind === "call"));
  assert.ok(recording.levelLeftDbfs > -45 && recording.durationMs > 500, JSON.stringify(recording));
  await page.getByText("话机就绪").waitFor();
  await agentReady(page);
  const next = dial(["--repeat", "--keys", ".1", "--seconds", "600", "--from", number(5, round)]);
  await page.locator(".phone-bar.ringing").waitFor();
  await page.keyboard.press("F2");
  await inTalk();
  await agentHears(page);
  await page.keyboard.press("F4");
  assert.equal((await next.done).ended_by, "remote");
  await wrapUpDone();
  await page.locator(".agent-agent_state_ready").waitFor();
  return `recording of ${recording.durationMs} ms kept`;
}

for (let round = 1; round <= ROUNDS; round += 1) {
  const talk = dial(["--repeat", "--keys", ".1", "--seconds", "600", "--from", number(1, round)]);
  await page.locator(".phone-bar.ringing").waitFor();
  await page.keyboard.press("F2");
  await inTalk();
  const waiting = dial(["--repeat", "--keys", ".1", "--seconds", "600", "--from", number(2, round)]);
  const supervisor = await Api.signIn("supervisor1");
  await waitFor("the second caller to wait", async () => (await supervisor.get("/v1/queues")).figures?.some((f) => Number(f.waiting) === 1));
  for (const name of SERVICES) {
    await test(`round ${round}: kill -9 of ${name} ends no call and loses nothing`, async () => {
      const before = registered;
      const load = Promise.all(Array.from({ length: 5 }, () => register((registered += 1))));
      await kill(name);
      await load;
      await waitFor("the suite to be ready", ready);
      await inTalk();
      assert.ok(await agentHears(page), "the agent hears the citizen");
      assert.equal(talk.child.exitCode, null, "the citizen is still there");
      assert.equal(waiting.child.exitCode, null, "the waiting caller is still there");
      return `${registered - before} tickets meanwhile`;
    });
  }
  await test(`round ${round}: after all deaths hang-up reaches the citizen, and the caller who waited is rung`, async () => {
    await page.keyboard.press("F4");
    assert.equal((await talk.done).ended_by, "remote");
    await wrapUpDone();
    await page.locator(".phone-bar.ringing").waitFor();
    await page.getByText(number(2, round)).first().waitFor();
    await page.keyboard.press("F2");
    await inTalk();
    await page.keyboard.press("F4");
    assert.equal((await waiting.done).ended_by, "remote");
    await wrapUpDone();
    await page.locator(".agent-agent_state_ready").waitFor();
  });
  await test(`round ${round}: kill -9 of telephony keeps the records and recordings of its calls, and the next call is served`, () => killTelephony(round));
}

// Every ticket of this run as lists show it.
async function listed(api) {
  const tickets = [];
  let token = "";
  do {
    const list = await api.get(`/v1/tickets?query=${encodeURIComponent(RUN)}&pageSize=200&pageToken=${token}`);
    tickets.push(...(list.tickets ?? []));
    token = encodeURIComponent(list.nextPageToken ?? "");
  } while (token);
  return tickets;
}

await test("every accepted ticket is there exactly once, with its clocks", async () => {
  const api = await Api.signIn("supervisor1");
  const ids = (await listed(api)).map((ticket) => ticket.ticketId);
  assert.equal(new Set(ids).size, ids.length);
  assert.deepEqual(ids.sort(), [...accepted].sort());
  const clocked = (ticket) => ticket.limits?.filter((limit) => limit.step === "sign").length === 1;
  await waitFor("one clock for signing on each ticket", async () => (await listed(api)).every(clocked));
  return `${accepted.length} tickets`;
});

await test("analytics counted each ticket and each call once", async () => {
  const api = await Api.signIn("analyst1");
  const calls = connectedBefore + ROUNDS * 4;
  // The last call has only just ended.
  const board = await waitFor("the figures", async () => {
    const now = await api.get("/v1/wallboard");
    return Number(now.ticketsCreated) >= createdBefore + accepted.length && Number(now.callsConnected) >= calls ? now : null;
  });
  assert.equal(Number(board.ticketsCreated), createdBefore + accepted.length);
  assert.equal(Number(board.callsConnected), calls);
  return `${board.callsConnected} calls connected`;
});

await test("TEL-10 with everything but telephony down a caller hears the announcement and leaves a message, which becomes a ticket", async () => {
  control("stop", ...SERVICES);
  const caller = "13930000001";
  const result = await dial(["--keys", "~", "--seconds", "10", "--from", caller]).done;
  assert.ok(result.answered);
  assert.ok(result.heard_dbfs > -45, `heard ${result.heard_dbfs} dBFS`);
  control("start", "postgres", "redis");
  control("start", ...SERVICES.filter((s) => s !== "postgres" && s !== "redis"));
  await waitFor("the suite to be ready", ready);
  const entry = await Api.signIn("entry1");
  const found = await waitFor("the ticket of the message", async () => (await entry.get(`/v1/tickets?query=${caller}`)).tickets?.[0]);
  return `ticket ${found.number}`;
});

await chrome.close();
process.exit(failed() ? 1 : 0);
