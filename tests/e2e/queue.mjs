// Waiting and choosing: position, expected wait and music; the longest idle agent; no answer; who hangs up ends the other.
import assert from "node:assert/strict";
import { Citizen } from "./citizen.mjs";
import { agentReady, as, signedIn, test, waitFor } from "./harness.mjs";
import { talking } from "./desk.mjs";

const RING_SECONDS = 5; // instead of 15: how long an agent may let it ring is data
const KNOWN_CALLER = "13900000020"; // of the water company's tickets

const ringing = (page) => page.locator(".phone-bar.ringing");
const inState = (page, state) => page.locator(`.agent-agent_state_${state}`);

async function callsAgent(from) {
  const citizen = await new Citizen({ from }).answered();
  await citizen.hearsBegin("welcome");
  return citizen.press("1");
}

async function answer(page) {
  await ringing(page).waitFor();
  await page.keyboard.press("F2");
  await talking(page).waitFor();
}

async function ringFor(seconds) {
  const admin = await as("admin");
  const queue = (await admin.get("/v1/queues")).queues.find((q) => q.queueId === "general");
  await admin.call("PUT", "/v1/queues/general", { ...queue, ringSeconds: seconds });
}

async function choosing(loop) {
  const { page } = loop;
  let second;
  await test("ACD-2 of two ready agents the one who is longest idle is rung", async () => {
    await page.goto("/desk");
    await agentReady(page);
    second = loop.second = await signedIn(loop.chrome, "agent2");
    await agentReady(second);
    loop.first = await callsAgent(KNOWN_CALLER);
    await ringing(page).waitFor();
    assert.equal(await ringing(second).count(), 0);
  });
  await test("TKT-17 as it rings the agent sees the caller's history and open tickets", async () => {
    const open = page.locator(".history li", { hasText: "水表读数与账单不符" }).first();
    await open.locator(".tag", { hasText: "待签收" }).waitFor();
    await page.locator(".counts", { hasText: "未办结" }).waitFor();
    await answer(page);
  });
  await test("TEL-1 the citizen's hang-up ends the agent's side", async () => {
    await loop.first.hangUp();
    await talking(page).waitFor({ state: "detached" });
    await inState(page, "ready").waitFor(); // after the wrap-up
  });
  await test("ACD-4 an agent who lets it ring is set not ready and the caller is rung through to the next", async () => {
    await ringFor(RING_SECONDS);
    const citizen = await callsAgent("13900000011");
    await ringing(second).waitFor(); // now the longest idle
    await inState(second, "not_ready").waitFor();
    await answer(page);
    loop.second_citizen = citizen;
    await ringFor(15);
  });
  await test("TEL-1 the agent's hang-up ends the citizen's call", async () => {
    await page.keyboard.press("F4");
    assert.equal((await loop.second_citizen.ended()).by, "remote");
    await inState(page, "ready").waitFor();
    await agentReady(second);
  });
}

async function waiting(loop) {
  const { page, second } = loop;
  let talks, third, fourth;
  await test("IVR-11 while all agents talk a caller hears to wait, the position, the expected wait, then music", async () => {
    talks = [];
    for (const from of ["13900000013", "13900000016"]) {
      talks.push(await callsAgent(from));
      await answer(await Promise.any([page, second].map((desk) => ringing(desk).waitFor().then(() => desk))));
    }
    third = await callsAgent("13900000014");
    await third.hearsBegin("queue.wait_please"); // so it stands before the fourth
    fourth = await callsAgent("13900000015");
    await Promise.all([
      third.hears("queue.wait_please", "queue.position", "number.1", "queue.position_end"),
      fourth.hears("queue.wait_please", "queue.position", "number.2", "queue.position_end"),
    ]);
    await fourth.hearsOneOf("queue.wait", "queue.wait_short");
    for (const citizen of [third, fourth]) await citizen.hearsSoundFor(2);
    await waitingNow(2);
  });
  await test("ACD-1 the first in line is served first, and the next moves up and is told so", async () => {
    const freed = (await talking(page).count()) ? page : second;
    await freed.keyboard.press("F4");
    await answer(freed); // after the wrap-up
    await freed.getByText("13900000014").first().waitFor();
    await fourth.hears("queue.position", "number.1");
    await waitingNow(1);
    fourth.press("*"); // back to automatic service
    await waitingNow(0);
    await fourth.hearsBegin("auto.menu");
    await fourth.hangUp();
    for (const citizen of [...talks, third]) await citizen.hangUp();
  });
  await second.context().close();
}

// As the wallboard knows it, from acd itself.
const waitingNow = (count) => waitFor(`${count} callers to wait`, async () => Number((await (await as("analyst1")).get("/v1/wallboard")).waitingNow ?? 0) === count);

export async function queues(loop) {
  await choosing(loop);
  await waiting(loop);
}
