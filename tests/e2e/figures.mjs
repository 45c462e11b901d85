// Step 10: every figure of the loop, on the wallboard as it happens, and the same by REST as JSON and CSV.
import assert from "node:assert/strict";
import { Citizen } from "./citizen.mjs";
import { as, picture, signedIn, test, waitFor } from "./harness.mjs";

const FRESH_MS = 5000; // within which a figure shows its last event; waited for longer, reported

export async function before() {
  const board = await (await as("analyst1")).get("/v1/wallboard");
  return {
    offered: Number(board.callsOffered ?? 0), connected: Number(board.callsConnected ?? 0), overdue: Number(board.ticketsOverdue ?? 0),
    water: Number(board.ticketsByUnit?.["water-company"] ?? 0),
  };
}

// Opened before the calls, so that it shows them as they happen.
export async function openWall(loop) {
  loop.wall = await signedIn(loop.chrome, "leader1", { width: 1920, height: 1080 });
  await loop.wall.goto("/wallboard");
  await loop.wall.locator(".wb-value").first().waitFor();
}

const shownBy = (wall) => wall.evaluate(() => Object.fromEntries([...document.querySelectorAll(".wb-big")].map((b) => [
  b.querySelector(".wb-label").textContent, b.querySelector(".wb-value").textContent + (b.querySelector(".wb-note") ? ` ${b.querySelector(".wb-note").textContent}` : "")])));

const percent = (rate) => `${Number((rate * 100).toFixed(1))}%`;

async function figuresOf(query, accept) {
  const answer = await (await as("analyst1")).raw("GET", `/v1/figures?${query}`, undefined, { Accept: accept });
  assert.equal(answer.status, 200);
  return answer;
}

const MEASURES = ["calls_offered", "calls_connected", "answered_in_15s", "tickets_created", "on_time_rate", "satisfied_rate", "solved_rate", "calls_rated", "call_satisfied_rate"];

async function everyFigure(loop) {
  let board;
  await test("ANA-1 STD-1 the figures count the loop's calls and tickets", async () => {
    const api = await as("analyst1");
    board = await waitFor("the figures", async () => {
      const now = await api.get("/v1/wallboard");
      return Number(now.ticketsClosed ?? 0) >= 2 && Number(now.callsNow ?? 0) === 0 ? now : null;
    }, 20_000);
    const { before: b } = loop;
    assert.ok(Number(board.callsOffered) - b.offered >= 12, `offered ${board.callsOffered}`);
    assert.ok(Number(board.callsConnected) - b.connected >= 5, `connected ${board.callsConnected}`);
    assert.ok(Number(board.answeredIn15s) >= 3 && Number(board.answeredIn15s) <= Number(board.callsConnected));
    for (const type of ["help", "consultation", "complaint"]) assert.ok(Number(board.ticketsByType[type]) >= 1, type);
    assert.equal(Number(board.ticketsByUnit["water-company"]) - b.water, 3);
    assert.equal(board.solvedRate, 1);
    assert.equal(board.satisfiedRate, 1);
    assert.ok(board.onTimeRate > 0 && board.onTimeRate < 1, `one step was late: ${board.onTimeRate}`);
    return `offered ${board.callsOffered}, connected ${board.callsConnected}, in 15 s ${board.answeredIn15s}, on time ${percent(board.onTimeRate)}`;
  });
  await test("IVR-10 the rating by key is in the figures", async () => {
    const rated = await (await figuresOf("measures=calls_rated&measures=call_satisfied_rate", "application/json")).json();
    assert.ok(rated.rows[0].figures.calls_rated >= 1);
    assert.equal(rated.rows[0].figures.call_satisfied_rate, 1);
  });
  await test("ANA-1 the same figures by REST as JSON and as CSV", async () => {
    const query = MEASURES.map((m) => `measures=${m}`).join("&");
    const json = (await (await figuresOf(query, "application/json")).json()).rows[0].figures;
    const csv = await figuresOf(query, "text/csv");
    assert.match(csv.headers.get("content-type"), /text\/csv/);
    const [names, values] = (await csv.text()).replace(/^\ufeff/, "").trim().split(/\r?\n/).map((line) => line.split(","));
    const table = Object.fromEntries(names.map((name, i) => [name.replace(/^.*\./, ""), Number(values[i])]));
    for (const measure of MEASURES) assert.ok(Math.abs(table[measure] - json[measure]) < 1e-6, `${measure}: ${table[measure]} and ${json[measure]}`);
    assert.equal(json.calls_offered, Number(board.callsOffered));
    assert.equal(json.calls_connected, Number(board.callsConnected));
    assert.equal(json.answered_in_15s, Number(board.answeredIn15s));
    assert.equal(json.tickets_created, Number(board.ticketsCreated));
    assert.ok(Math.abs(json.on_time_rate - board.onTimeRate) < 1e-6);
    for (const group of ["type", "unit"]) {
      const rows = (await (await figuresOf(`measures=tickets_created&groupBy=${group}`, "application/json")).json()).rows;
      assert.equal(rows.reduce((sum, r) => sum + r.figures.tickets_created, 0), json.tickets_created);
    }
  });
  return () => board;
}

async function wallboard(loop) {
  const { wall } = loop;
  await test("ANA-4 the wallboard shows every one of them", async () => {
    const board = await (await as("analyst1")).get("/v1/wallboard");
    const wanted = {
      今日来电: String(board.callsOffered), 接通: String(board.callsConnected), 今日工单: String(board.ticketsCreated), 今日办结: String(board.ticketsClosed),
      超期工单: String(board.ticketsOverdue ?? 0), 满意率: percent(board.satisfiedRate), 按时率: percent(board.onTimeRate),
      "15 秒接听率": `${percent(board.answeredIn15sRate)} ${board.answeredIn15s} / ${board.callsConnected}`,
    };
    await waitFor(`the wallboard to show ${JSON.stringify(wanted)}`, async () => {
      loop.shown = await shownBy(wall);
      return Object.entries(wanted).every(([label, value]) => loop.shown[label]?.replace(/\.0%/, "%") === value);
    }, 10_000).catch((error) => assert.fail(`${error.message}, but ${JSON.stringify(loop.shown)}`));
    const { name } = await (await as("admin")).get("/v1/units/water-company");
    for (const bar of [`求助 ${board.ticketsByType.help}`, `咨询 ${board.ticketsByType.consultation}`, `${name} ${board.ticketsByUnit["water-company"]}`])
      await wall.locator(`[role=img][aria-label*="${bar}"]`).waitFor();
    await picture(wall, "wallboard");
  });
  await test("ANA-4 the wallboard follows a call as it happens", async () => {
    const offered = Number((await shownBy(wall))["今日来电"]);
    const citizen = new Citizen({ from: "13900000009" });
    const shows = (label, value) => waitFor(`${label} ${value}`, async () => (await shownBy(wall))[label] === value);
    await citizen.answered();
    const began = Date.now();
    await shows("今日来电", String(offered + 1));
    const took = Date.now() - began;
    await shows("当前通话", "1");
    await citizen.hangUp();
    await shows("当前通话", "0");
    return `${took} ms after the answer${took > FRESH_MS ? ": LATE" : ""}`;
  });
  await test("ANA-4 a quiet hotline's wallboard stays fresh", async () => {
    const time = async () => (await (await as("analyst1")).get("/v1/wallboard")).time;
    const first = await time();
    await waitFor("the figures' time to go on", async () => (await time()) > first);
    assert.equal(await wall.locator(".wb-stale").count(), 0);
  });
  await wall.context().close();
}

export async function figures(loop) {
  await everyFigure(loop);
  await wallboard(loop);
}
