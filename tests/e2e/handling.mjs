// The department's side: dispatch, the clocks, the officer over REST and in the web client, the call back, the archive.
import assert from "node:assert/strict";
import { agentHears, Api, as, picture, signedIn, test, waitFor } from "./harness.mjs";
import { enterNumber, toTheMenu } from "./automatic.mjs";
import { Citizen } from "./citizen.mjs";
import { CALLER, talking } from "./desk.mjs";

const SHORT_CATEGORY = "water.pressure"; // its tickets get a limit of seconds in this city, as an administrator may set
const SHORT_SECONDS = 8;

async function dispatched(loop) {
  await test("TKT-6 the ticket is dispatched by the first suggestion", async () => {
    const api = await as("dispatcher1");
    const { suggestions } = await api.get(`/v1/tickets/${loop.ticket.ticketId}:suggestUnits`);
    assert.equal(suggestions[0].unitId, "water-company");
    loop.ticket = await api.post(`/v1/tickets/${loop.ticket.ticketId}:dispatch`, { etag: loop.ticket.etag, unitId: "water-company" });
    assert.equal(loop.ticket.state, "TICKET_STATE_DISPATCHED");
  });
  await test("SLA-1 SLA-7 the clocks of preset standard run on the ticket", async () => {
    const api = await as("dispatcher1");
    const seen = await waitFor("limits", async () => {
      const now = await api.get(`/v1/tickets/${loop.ticket.ticketId}`);
      return now.limits?.some((l) => l.step === "sign" && l.dueTime) ? now : null;
    });
    return seen.limits.map((l) => `${l.step} ${l.dueTime}`).join(", ");
  });
}

async function departmentOverRest(loop) {
  let key;
  await test("PLT-3 the department lists, signs and replies over REST with an API key", async () => {
    key = (await (await as("admin")).post("/v1/apiKeys", { apiKey: { unitId: "water-company", label: "水务系统", roles: ["ROLE_OFFICER"] }, requestId: crypto.randomUUID() })).secret;
    const unit = new Api(key);
    const listed = await unit.get("/v1/tickets?states=TICKET_STATE_DISPATCHED");
    assert.ok(listed.tickets.some((t) => t.ticketId === loop.ticket.ticketId));
    const signed = await unit.post(`/v1/tickets/${loop.ticket.ticketId}:sign`, {});
    assert.equal(signed.state, "TICKET_STATE_SIGNED");
    const replied = await unit.post(`/v1/tickets/${loop.ticket.ticketId}:reply`, { text: "已派抢修队更换破损水管,路面已恢复。" });
    assert.equal(replied.state, "TICKET_STATE_REPLIED");
  });
  await test("PLT-3 another unit gets 403, and bad input gets problems that name it", async () => {
    const problem = await (await as("officer.market")).refused("GET", `/v1/tickets/${loop.ticket.ticketId}`);
    assert.equal(problem.httpStatus, 403);
    assert.equal(problem.reason, "WRONG_UNIT");
    const unit = new Api(key);
    const unknown = await unit.refused("POST", `/v1/tickets/${loop.ticket.ticketId}:reply`, { text: "x", colour: "red" });
    assert.equal(unknown.httpStatus, 400);
    assert.match(JSON.stringify(unknown), /colour/);
    const token = await unit.refused("GET", "/v1/tickets?pageToken=nonsense");
    assert.equal(token.httpStatus, 400);
    assert.match(JSON.stringify(token), /pageToken/);
    const value = await unit.refused("GET", "/v1/tickets?states=PURPLE");
    assert.match(JSON.stringify(value), /states/);
  });
}

// Tickets of one category get a limit of seconds for signing: policies are data.
async function shortLimit() {
  const api = await as("admin");
  const policy = await api.get("/v1/slaPolicies/standard");
  const sign = policy.steps.find((s) => s.step === "sign");
  if (sign.rules.some((r) => r.categories?.includes(SHORT_CATEGORY))) return;
  sign.rules.unshift({ categories: [SHORT_CATEGORY], limit: { kind: "LIMIT_KIND_NATURAL", amount: SHORT_SECONDS, unit: "LIMIT_UNIT_SECOND" }, warnPercent: 50, basis: "抢修类即时签收" });
  const { version } = await api.call("PUT", "/v1/slaPolicies/standard", policy);
  assert.ok(Number(version) > Number(policy.version));
}

async function registerForWater(title, categoryId, type = "TICKET_TYPE_HELP") {
  const { ticket } = await (await as("agent2")).post("/v1/tickets", {
    ticket: { type, channel: "CHANNEL_PHONE", title, content: title, categoryId, caller: { phone: "13900000020" } },
    dispatchUnitId: "water-company",
    requestId: crypto.randomUUID(),
  });
  return ticket;
}

async function limitPasses(loop) {
  const { page } = loop;
  const calm = await registerForWater("水表读数与账单不符", "water.bill");
  await shortLimit();
  const hot = await registerForWater("整栋楼水压不足", SHORT_CATEGORY);
  loop.hot = hot;
  loop.calm = calm;
  await test("SLA-7 a limit that passes warns and then marks the ticket overdue, on its page, live", async () => {
    await page.goto(`/tickets/${hot.ticketId}`);
    const sign = page.locator(".marks .limit", { hasText: "签收" });
    await sign.waitFor();
    await page.locator(".marks .limit-yellow", { hasText: "签收" }).waitFor();
    await page.locator(".marks .limit-red", { hasText: "签收" }).waitFor();
    await page.locator(".timeline li", { hasText: "黄灯预警：签收" }).waitFor();
    await page.locator(".timeline li", { hasText: "超期：签收" }).waitFor();
    await page.locator(".notice-list li").first().waitFor();
    await picture(page, "ticket-overdue");
    const { entries } = await (await as("supervisor1")).get(`/v1/tickets/${hot.ticketId}/history`);
    const alarms = entries.filter((e) => ["warned", "overdue"].includes(e.action) && e.changes.step === "sign").map((e) => e.action);
    assert.deepEqual(alarms, ["warned", "overdue"], "once each");
  });
  await test("SLA-7 the clock itself is red and its event counted on the wallboard's figures", async () => {
    const { clocks } = await (await as("supervisor1")).get(`/v1/slaClocks?ticketId=${hot.ticketId}`);
    assert.equal(clocks.find((c) => c.step === "sign").light, "CLOCK_LIGHT_RED");
    await waitFor("the wallboard to count it", async () => Number((await (await as("analyst1")).get("/v1/wallboard")).ticketsOverdue ?? 0) > loop.before.overdue);
  });
}

async function officersInbox(loop) {
  const { hot, calm } = loop;
  let page;
  await test("TKT-4 the unit's officer signs in and sees the inbox by time left, the overdue first and red", async () => {
    page = await signedIn(loop.chrome, "officer.water");
    await page.goto("/inbox");
    const row = (ticket) => page.locator("[role=row]", { has: page.locator(`a[href="/tickets/${ticket.ticketId}"]`) }).first();
    await row(hot).waitFor();
    await row(calm).waitFor();
    const order = await page.locator("a[href^='/tickets/']").evaluateAll((links) => links.map((a) => a.getAttribute("href").split("/").at(-1)));
    assert.ok(order.indexOf(hot.ticketId) < order.indexOf(calm.ticketId), "what burns stands first");
    assert.match(await row(hot).locator(".limit").first().getAttribute("class"), /limit-red/);
    assert.match(await row(calm).locator(".limit").first().getAttribute("class"), /limit-green/);
    await picture(page, "inbox");
  });
  await test("TKT-4 the officer signs for it and replies on its page", async () => {
    await page.locator(`a[href="/tickets/${hot.ticketId}"]`).click();
    await page.locator(".timeline li").first().waitFor();
    await page.keyboard.press("Control+Enter");
    await page.locator(".marks .tag", { hasText: "办理中" }).waitFor();
    await page.locator("aside textarea").first().fill("已到现场检修加压泵,水压恢复正常。");
    await page.keyboard.press("Control+Enter");
    await page.locator(".marks .tag", { hasText: "待审核" }).waitFor();
    const now = await (await as("supervisor1")).get(`/v1/tickets/${hot.ticketId}`);
    assert.equal(now.state, "TICKET_STATE_REPLIED");
    assert.match(now.answer, /加压泵/);
    await page.context().close();
  });
  await test("PLT-1 an officer of another unit sees nothing of it", async () => {
    const other = await signedIn(loop.chrome, "officer.market");
    await other.goto("/inbox");
    await other.locator(".count").waitFor();
    assert.equal(await other.locator(`a[href="/tickets/${hot.ticketId}"]`).count(), 0);
    await other.goto(`/tickets/${hot.ticketId}`);
    await other.locator(".ant-alert").first().waitFor();
    assert.equal(await other.getByText("整栋楼水压不足").count(), 0);
    await other.context().close();
  });
}

async function callBack(loop) {
  const { page, ticket } = loop;
  await test("TKT-9 the reply is accepted and opens the call back", async () => {
    const api = await as("supervisor1");
    const now = await api.get(`/v1/tickets/${ticket.ticketId}`);
    const reviewed = await api.post(`/v1/tickets/${ticket.ticketId}:reviewReply`, { etag: now.etag, accepted: true });
    assert.equal(reviewed.state, "TICKET_STATE_CALLBACK");
  });
  const told = test("IVR-5 who asks by phone hears the reply", async () => {
    const citizen = new Citizen({ from: CALLER });
    await toTheMenu(citizen);
    citizen.press("3");
    await enterNumber(citizen, ticket.acceptanceNumber);
    const state = await citizen.hearsOneOf("state.replied", "state.closed"); // closed if the call back was quicker
    await citizen.hears(state);
    const { dbfs } = await citizen.hearsSoundFor(2);
    await citizen.hangUp();
    return `${state}, then ${dbfs.toFixed(0)} dBFS of its text`;
  });
  await test("TKT-10 TEL-7 the agent calls the citizen back from the ticket", async () => {
    await page.goto(`/tickets/${ticket.ticketId}`);
    await page.locator(".timeline li").first().waitFor();
    await page.getByText("话机就绪").waitFor();
    await page.getByRole("button", { name: /拨打|呼叫|回访/ }).first().click();
    await talking(page).waitFor();
    const level = await agentHears(page);
    await page.keyboard.press("F4");
    await talking(page).waitFor({ state: "detached" });
    return `level ${level.toFixed(3)}`;
  });
  await test("TKT-10 solved and satisfied is recorded on the ticket's page and closes it", async () => {
    await page.locator(".ant-segmented-item", { hasText: "已解决" }).click();
    await page.getByTitle("满意", { exact: true }).first().click();
    await picture(page, "callback");
    await page.keyboard.press("Control+Enter");
    await page.locator(".marks .tag", { hasText: "已办结" }).waitFor();
    const now = await (await as("agent1")).get(`/v1/tickets/${ticket.ticketId}`);
    assert.deepEqual([now.state, now.solved, now.satisfaction], ["TICKET_STATE_CLOSED", true, "satisfied"]);
  });
  await told;
  await test("TKT-16 archiving keeps the whole history", async () => {
    const api = await as("agent1");
    const { etag } = await api.get(`/v1/tickets/${ticket.ticketId}`);
    const now = await api.post(`/v1/tickets/${ticket.ticketId}:archive`, { etag });
    assert.equal(now.state, "TICKET_STATE_ARCHIVED");
    const { entries } = await api.get(`/v1/tickets/${ticket.ticketId}/history`);
    const actions = entries.map((e) => e.action);
    for (const action of ["created", "rated", "dispatched", "signed", "replied", "reviewed", "callback", "closed", "archived"])
      assert.ok(actions.includes(action), `${action} in ${actions}`);
    for (const e of entries) assert.ok(e.time && e.actorId && e.digest, "who and when");
    return actions.join(" ");
  });
}

export async function handling(loop) {
  await dispatched(loop);
  await limitPasses(loop);
  await officersInbox(loop);
  await departmentOverRest(loop);
  await callBack(loop);
}
