// The lines that need no agent: who may call, the welcome, the mailbox, the automatic complaint, the query.
import assert from "node:assert/strict";
import { join } from "node:path";
import { Citizen, dbfs, findPrompt } from "./citizen.mjs";
import { as, run, sipp, speech, test, waitFor } from "./harness.mjs";

const AUDIBLE_DBFS = -45; // well above comfort noise

async function arrivals() {
  await test("TEL-8 a call from an address that is no trunk's is refused", async () => {
    const stranger = new Citizen({ from: "13900000000", local: "127.0.0.3" });
    const end = await stranger.ended();
    assert.equal(stranger.event("answered"), undefined);
    assert.equal(end.status, 403);
  });
  await test("IVR-1 the welcome is heard over UDP", async () => {
    const citizen = await new Citizen({ from: "13900000001" }).answered();
    await citizen.hears("welcome");
    await citizen.hangUp();
    const level = dbfs(citizen.heard());
    assert.ok(level > AUDIBLE_DBFS, `heard ${level} dBFS`);
    return `${level.toFixed(1)} dBFS`;
  });
  await test("TEL-8 a call over TCP is answered", async () => {
    const { code, out } = await sipp("13900000002", { milliseconds: 1000, transport: "t1" }).done;
    assert.equal(code, 0, out.slice(-2000));
  });
}

// The recording of a ticket: not silent, and served in parts.
async function heardRecording(ticket) {
  const entry = await as("entry1");
  const recording = (await entry.get(`/v1/recordings?recordingId=${ticket.recordingId}`)).recordings[0];
  assert.ok(recording.levelLeftDbfs > AUDIBLE_DBFS, `level ${recording.levelLeftDbfs}`);
  const audio = await entry.raw("GET", `/v1/recordings/${ticket.recordingId}/audio`, undefined, { Range: "bytes=0-99" });
  assert.equal(audio.status, 206);
  assert.equal((await audio.arrayBuffer()).byteLength, 100);
  return `${recording.durationMs} ms at ${Math.round(recording.levelLeftDbfs)} dBFS`;
}

const ticketOf = (caller, channel) => waitFor(`the ticket of ${caller}`, async () =>
  (await (await as("entry1")).get(`/v1/tickets?query=${caller}`)).tickets?.find((t) => t.channel === channel));

export async function toTheMenu(citizen) {
  await citizen.answered();
  await citizen.hearsBegin("welcome");
  citizen.press("2");
  await citizen.hearsBegin("auto.menu");
}

// Leaves a message in the mailbox; gives the ticket it becomes.
export async function leaveMessage(caller) {
  const citizen = new Citizen({ from: caller, inband: true });
  await toTheMenu(citizen);
  citizen.press("1");
  await citizen.hears("mailbox.ask");
  citizen.say(speech);
  await citizen.hasSpoken();
  citizen.press("#");
  await citizen.hears("ticket.made");
  await citizen.hangUp();
  return ticketOf(caller, "CHANNEL_MAILBOX");
}

async function mailbox() {
  await test("IVR-2 IVR-3 keys as tones in the audio lead to the mailbox, and the message becomes a ticket with its recording", async () => {
    const ticket = await leaveMessage("13900000003");
    assert.equal(ticket.state, "TICKET_STATE_TRANSCRIBE");
    return heardRecording(ticket);
  });
}

const complaint = { caller: "13900000004" };

async function recordComplaint(citizen) {
  await toTheMenu(citizen);
  citizen.press("2");
  await citizen.hears("complaint.ask");
  citizen.say(speech);
  await citizen.hasSpoken();
  citizen.press("#");
  await citizen.hearsBegin("complaint.confirm");
}

async function complain() {
  await test("IVR-4 an automatic complaint: recorded, confirmed, its number and PIN read out", async () => {
    const citizen = new Citizen({ from: complaint.caller });
    await recordComplaint(citizen);
    citizen.press("1");
    await citizen.hears("ticket.made");
    complaint.number = await citizen.hearsDigits(8);
    await citizen.hears("ticket.pin");
    complaint.pin = await citizen.hearsDigits(4);
    await citizen.hangUp();
    const ticket = await ticketOf(complaint.caller, "CHANNEL_IVR");
    assert.equal(ticket.acceptanceNumber, complaint.number);
    return heardRecording(ticket);
  });
}

async function cancel() {
  await test("IVR-4 a complaint is replayed and cancelled, and becomes no ticket", async () => {
    const caller = "13900000006";
    const citizen = new Citizen({ from: caller });
    await recordComplaint(citizen);
    citizen.press("2");
    await citizen.hearsItself(speech);
    await citizen.hearsBegin("complaint.confirm");
    citizen.press("3");
    await citizen.hears("complaint.cancelled");
    await citizen.hearsBegin("auto.menu");
    await citizen.hangUp();
    assert.deepEqual((await (await as("entry1")).get(`/v1/tickets?query=${caller}`)).tickets ?? [], []);
  });
}

// Types the number, hears it read back and confirms.
export async function enterNumber(citizen, number) {
  assert.match(number ?? "", /^\d{8}$/);
  await citizen.hearsBegin("query.ask");
  citizen.press(`${number}#`); // as the prompt asks, though the last digit completes it
  await citizen.hears("query.read_back");
  assert.equal(await citizen.hearsDigits(8), number);
  await citizen.hearsBegin("query.confirm");
  citizen.press("1");
}

async function askForWrongNumber() {
  await test("IVR-5 a wrong number is said to be wrong and asked for again", async () => {
    const citizen = new Citizen({ from: "13900000007" });
    await toTheMenu(citizen);
    citizen.press("3");
    await enterNumber(citizen, "00000000");
    await citizen.hears("query.not_found");
    await citizen.hearsBegin("query.ask");
    await citizen.hangUp();
  });
}

async function query() {
  const byPhone = test("IVR-5 the registering phone is told the state without a PIN", async () => {
    const citizen = new Citizen({ from: complaint.caller });
    await toTheMenu(citizen);
    citizen.press("3");
    await enterNumber(citizen, complaint.number);
    await citizen.hears("state.accepted");
    await citizen.hangUp();
    assert.equal(findPrompt(citizen.heard(), "query.pin", 0, false), -1, "no PIN is asked for");
  });
  const byPin = test("IVR-5 another phone is asked for the query PIN", async () => {
    const citizen = new Citizen({ from: "13900000005" });
    await toTheMenu(citizen);
    citizen.press("3");
    await enterNumber(citizen, complaint.number);
    await citizen.hearsBegin("query.pin");
    citizen.press(`${complaint.pin}#`);
    await citizen.hears("state.accepted");
    await citizen.hangUp();
  });
  await Promise.all([byPhone, byPin]);
}

async function advice() {
  await test("IVR-2 advice leads through its tree, and the caller moves on by key", async () => {
    const citizen = new Citizen({ from: "13900000008" });
    await toTheMenu(citizen);
    citizen.press("4");
    await citizen.hearsBegin("advice.menu");
    citizen.press("3");
    await citizen.hearsBegin("advice.duties");
    citizen.press("*");
    await citizen.hearsBegin("advice.menu");
    citizen.press("*");
    await citizen.hearsBegin("auto.menu");
    await citizen.hangUp();
  });
}

async function poll() {
  await test("IVR-7 a poll by key is counted", async () => {
    const api = await as("analyst1");
    const counted = async () => Number(((await api.get("/v1/polls/hotline-2026/results")).counts ?? []).find((c) => c.questionId === "first_service" && c.answer === "3")?.count ?? 0);
    const earlier = await counted();
    const citizen = new Citizen({ from: "13900000010" });
    await toTheMenu(citizen);
    citizen.press("5");
    await citizen.hearsBegin("poll.known");
    citizen.press("1");
    await citizen.hearsBegin("poll.first_service");
    citizen.press("3");
    await citizen.hears("poll.thanks");
    await citizen.hangUp();
    await waitFor("the answer to be counted", async () => (await counted()) === earlier + 1);
  });
}

const LINE = "12301"; // a merged line of the demo city, given a flow of its own

async function publish() {
  await test("IVR-8 a flow is checked and published as data, and the next call follows it", async () => {
    const api = await as("admin");
    const define = async (next) => {
      const definition = { start: "hello", lines: [LINE], steps: { hello: { do: "play", prompts: ["advice.guide"], next }, end: { do: "hangup", prompts: ["goodbye"] } } };
      const known = (await api.get("/v1/flows")).flows.find((f) => f.flowId === "tourism");
      const draft = known ? await api.get("/v1/flows/tourism") : {};
      return api.call("PUT", "/v1/flows/tourism", { flowId: "tourism", name: "旅游专线", definitionJson: JSON.stringify(definition), ...(draft.etag ? { etag: draft.etag } : {}) });
    };
    await define("nowhere");
    const { faults } = await api.post("/v1/flows/tourism:check");
    assert.ok(faults.some((f) => f.step === "hello"), JSON.stringify(faults));
    const good = await define("end");
    await api.post("/v1/flows/tourism:publish", { etag: good.etag });
    const citizen = await new Citizen({ from: "13900000021", to: LINE }).answered();
    await citizen.hearsBegin("advice.guide");
    citizen.press("1"); // cuts it short
    await citizen.hears("goodbye");
    assert.equal((await citizen.ended()).by, "remote");
  });
}

async function check() {
  await test("TEL-10 deploy/local/check repeats the check call", async () => {
    const { code, out } = await run(join(process.env.SUITE_ROOT, "deploy/local/check"), ["--data", process.env.SUITE_DATA]).done;
    assert.equal(code, 0, out);
  });
}

export async function automaticService() {
  await Promise.all([arrivals(), mailbox(), complain().then(query), cancel(), askForWrongNumber(), advice().then(publish), poll(), check()]);
}
