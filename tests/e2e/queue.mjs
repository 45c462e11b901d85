// Waiting and choosing: position, expected wait and music; the longest idle agent; no answer; who hangs up ends the other.
import assert from "node:assert/strict";
import { Citizen, findPrompt } from "./citizen.mjs";
import { agentReady, agentSignsIn, as, signedIn, speech, test, waitFor } from "./harness.mjs";
import { talking } from "./desk.mjs";

const RING_SECONDS = 5; // instead of 15: how long an agent may let it ring is data

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

async function waiting(loop) {
  const { page } = loop;
  let first, second;
  await test("ACD-2 of two ready agents the one who is longest idle is rung", async () => {
    await page.goto("/desk");
    await agentReady(page);
    loop.second = await signedIn(loop.chrome, "agent2");
    await agentReady(loop.second);
    first = await callsAgent("13900000012");
    await answer(page);
    assert.equal(await ringing(loop.second).count(), 0);
    first.keepSaying(speech);
  });
  await test("IVR-11 while all agents talk a caller hears to wait, the position, the expected wait, then music", async () => {
    second = await callsAgent("13900000013");
    await answer(loop.second);
    const third = await callsAgent("13900000014");
    const fourth = await callsAgent("13900000015");
    await third.hears("queue.wait_please", "queue.position", "number.1", "queue.position_end");
    await third.hearsSoundFor(2);
    await fourth.hears("queue.wait_please", "queue.position", "number.2", "queue.position_end");
    assert.ok(["queue.wait", "queue.wait_short"].some((id) => findPrompt(fourth.heard(), id, 0, false) >= 0) || loop.handled < 3, "the expected wait is said");
    await fourth.hearsSoundFor(2);
    await waitingNow(2);
    loop.waiting = [third, fourth];
  });
  await test("TEL-1 the citizen's hang-up ends the agent's side, and the first in line is served first", async () => {
    const [third, fourth] = loop.waiting;
    await first.hangUp();
    await talking(page).waitFor({ state: "detached" });
    await answer(page); // after the wrap-up
    await page.getByText("13900000014").first().waitFor();
    await fourth.hears("queue.position", "number.1"); // moves up, and is told so
    await waitingNow(1);
    await fourth.hangUp();
    await waitingNow(0);
  });
  await test("TEL-1 the agent's hang-up ends the citizen's call", async () => {
    for (const [desk, citizen] of [[page, loop.waiting[0]], [loop.second, second]]) {
      await desk.keyboard.press("F4");
      assert.equal((await citizen.ended()).by, "remote");
    }
  });
}

// As the wallboard knows it, from acd itself.
const waitingNow = (count) => waitFor(`${count} callers to wait`, async () => Number((await (await as("analyst1")).get("/v1/wallboard")).waitingNow ?? 0) === count);

async function noAnswer(loop) {
  const { page, second } = loop;
  await test("ACD-4 an agent who lets it ring is set not ready and the caller is rung through to the next", async () => {
    await ringFor(RING_SECONDS);
    await inState(page, "ready").waitFor();
    await inState(second, "ready").waitFor();
    const citizen = await callsAgent("13900000011");
    const rung = await Promise.any([page, second].map((desk) => ringing(desk).waitFor().then(() => desk)));
    const next = rung === page ? second : page;
    await inState(rung, "not_ready").waitFor();
    await answer(next);
    await next.keyboard.press("F4");
    assert.equal((await citizen.ended()).by, "remote");
    await ringFor(15);
  });
  await second.context().close();
}

export async function queues(loop) {
  await waiting(loop);
  await noAnswer(loop);
}
