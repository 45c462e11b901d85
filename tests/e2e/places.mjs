// A matter's place on the map (TKT-2): pointed at by mouse or keys or typed at the desk, looked at on the ticket's page; and what tiles an
// operator's URL template brings.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { leaveMessage } from "./automatic.mjs";
import { as, axeFaults, picture, run, settled, signedIn, test, waitFor } from "./harness.mjs";
import { choose, command, open, send } from "./ticket_page.mjs";

const AXIS = { longitude: "经度", latitude: "纬度" };
const map = (page) => page.locator(".place-map");
const axis = (page, name) => page.locator(".map-place").getByRole("textbox", { name: AXIS[name] });
const typedPoint = async (page) => [Number(await axis(page, "longitude").inputValue()), Number(await axis(page, "latitude").inputValue())];
// Where the pin is drawn, as the map's name says it too.
const point = async (page) => ((await map(page).getAttribute("data-point")) ?? "").split(",").map(Number);

async function openDesk(page, title) {
  await page.goto("/desk");
  await page.locator("form.ticket-form").waitFor();
  await page.getByRole("button", { name: "清空" }).click({ timeout: 1_000 }).catch(() => undefined); // what an earlier test left
  await page.getByText("求助", { exact: true }).first().click();
  await page.locator("input[maxlength='100']").first().fill(title);
}

async function openMap(page) {
  await page.keyboard.press("Alt+M");
  await page.locator(".place-map:focus").waitFor();
}

async function save(page) {
  await page.keyboard.press("Control+Enter");
  const number = page.locator("[data-testid=acceptance-number]");
  await number.waitFor();
  const kept = await (await as("supervisor1")).get(`/v1/tickets/${(await number.innerText()).replace(/ /g, "")}`);
  await page.keyboard.press("Escape");
  return kept;
}

async function byKeys(page) {
  await test("TKT-2 a place is set on the map by keys alone, and kept with the ticket", async () => {
    await openDesk(page, "人民公园东门路灯不亮");
    assert.equal(await map(page).count(), 0, "the map is loaded when it is opened");
    await openMap(page);
    await map(page).locator(".leaflet-control-scale-line").waitFor();
    assert.ok((await map(page).locator(".graticule").count()) >= 4, "a graticule");
    assert.equal(await map(page).locator(".map-pin").count(), 0);
    await page.keyboard.press("Enter");
    await map(page).locator(".map-pin").waitFor();
    const centre = await typedPoint(page);
    for (const key of ["ArrowRight", "ArrowUp", "Shift+ArrowRight"]) await page.keyboard.press(key);
    await waitFor("the place to move", async () => (await typedPoint(page))[0] > centre[0]);
    const [longitude, latitude] = await typedPoint(page);
    assert.ok(latitude > centre[1], `${latitude} > ${centre[1]}`);
    assert.deepEqual(await point(page), [longitude, latitude]);
    await page.keyboard.press("+");
    await picture(page, "desk-map");
    assert.deepEqual(await axeFaults(page), []);
    const kept = await save(page);
    assert.deepEqual([kept.longitude, kept.latitude], [longitude, latitude]);
    page.placed = kept;
    return `${longitude}, ${latitude}`;
  });
}

async function byMouse(page) {
  await test("TKT-2 a click sets the place, dragging moves it, and it can be removed", async () => {
    await openDesk(page, "滨河路积水");
    await openMap(page);
    const box = await map(page).boundingBox();
    await page.mouse.click(box.x + box.width / 3, box.y + box.height / 2);
    await map(page).locator(".map-pin").waitFor();
    const clicked = await typedPoint(page);
    const pin = await map(page).locator(".map-pin").boundingBox();
    await page.mouse.move(pin.x + pin.width / 2, pin.y + pin.height / 2);
    await page.mouse.down();
    await page.mouse.move(pin.x + 90, pin.y + 40, { steps: 5 });
    await page.mouse.up();
    await waitFor("the place to follow", async () => (await typedPoint(page))[0] > clicked[0]);
    assert.ok((await typedPoint(page))[1] < clicked[1], "further south");
    await page.getByRole("button", { name: "清除位置" }).click();
    await map(page).locator(".map-pin").waitFor({ state: "detached" });
    const kept = await save(page);
    assert.deepEqual([kept.longitude ?? 0, kept.latitude ?? 0], [0, 0]);
  });
}

async function typed(page) {
  await test("TKT-2 coordinates are typed, refused at their fields where there is no such place, and shown on the map", async () => {
    await openDesk(page, "二七广场地砖松动");
    await openMap(page);
    await axis(page, "longitude").fill("213.65");
    await axis(page, "latitude").fill("34.76");
    await page.keyboard.press("Control+Enter");
    await page.locator(".map-place .field", { hasText: "经度" }).locator(".field-error", { hasText: "-180 到 180" }).waitFor();
    assert.equal(await map(page).locator(".map-pin").count(), 0);
    await axis(page, "longitude").fill("113.665412");
    await map(page).locator(".map-pin").waitFor();
    await axis(page, "latitude").fill("");
    await page.keyboard.press("Control+Enter");
    await page.locator(".map-place .field", { hasText: "纬度" }).locator(".field-error", { hasText: "-90 到 90" }).waitFor();
    await axis(page, "latitude").fill("34.752310");
    assert.deepEqual(await point(page), [113.665412, 34.75231]);
    const kept = await save(page);
    assert.deepEqual([kept.longitude, kept.latitude], [113.665412, 34.75231]);
    const refused = await (await as("agent2")).refused("POST", "/v1/tickets", { ticket: { type: "TICKET_TYPE_HELP", channel: "CHANNEL_PHONE", title: "x", longitude: 181, latitude: 1 }, requestId: crypto.randomUUID() });
    assert.equal(refused.errors[0].field, "ticket.longitude");
    page.placed = kept;
  });
}

async function onThePage(page) {
  await test("TKT-2 the ticket's page shows the place on the same map, to be looked at only", async () => {
    const { ticketId, longitude, latitude } = page.placed;
    await page.goto(`/tickets/${ticketId}`);
    const at = page.locator(".facts .map-row");
    await at.getByText(`经度 ${longitude.toFixed(6)}，纬度 ${latitude.toFixed(6)}`).waitFor();
    assert.equal(await map(page).count(), 0);
    await at.getByRole("button", { name: "查看地图" }).click();
    await map(page).locator(".map-pin").waitFor();
    const before = await point(page);
    const box = await map(page).boundingBox();
    await page.mouse.click(box.x + 30, box.y + 120);
    await map(page).focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    assert.deepEqual(await point(page), before, "nothing moves it");
    await picture(page, "ticket-map");
  });
}

const keptPlace = async (ticketId) => {
  const { longitude = 0, latitude = 0 } = await (await as("supervisor1")).get(`/v1/tickets/${ticketId}`);
  return [longitude, latitude];
};

async function writtenDown(clerk) {
  await test("TKT-2 TKT-23 a recorded message gets its place on the map as it is written down", async () => {
    const recorded = await leaveMessage("13900000071");
    clerk.recorded = recorded;
    assert.deepEqual(await keptPlace(recorded.ticketId), [0, 0]);
    await clerk.goto("/entry");
    const waiting = clerk.locator(".pick-list button");
    const last = (await (await as("entry1")).get("/v1/tickets?states=TICKET_STATE_TRANSCRIBE&orderBy=due_time&pageSize=100")).tickets.findIndex((one) => one.ticketId === recorded.ticketId);
    await waiting.nth(last).click();
    await clerk.getByRole("heading", { name: "整理录音" }).waitFor();
    await clerk.locator("input[maxlength='100']").first().fill("解放路人行道水管爆裂");
    await clerk.keyboard.press("Alt+3");
    await clerk.keyboard.type("解放路人行道水管爆裂，请尽快派人处理。");
    await openMap(clerk);
    await clerk.keyboard.press("Enter");
    await map(clerk).locator(".map-pin").waitFor();
    await clerk.keyboard.press("ArrowRight");
    await picture(clerk, "entry-map");
    assert.deepEqual(await axeFaults(clerk), []);
    const picked = await typedPoint(clerk);
    await clerk.keyboard.press("Control+Enter");
    await clerk.getByText("已整理").waitFor();
    assert.deepEqual(await keptPlace(recorded.ticketId), picked);
    return picked.join(", ");
  });
}

// What the history, newest first, says last of the place on the map.
const moved = (page, ...words) => page.locator(".timeline li", { hasText: "补充修改" }).first().locator(".changes li", { hasText: new RegExp(["地图位置：", ...words].join(".*")) }).waitFor();

async function amended(page, { ticketId }) {
  await test("TKT-2 TKT-16 the place is corrected and removed on the ticket's page, which says what it was", async () => {
    await open(page, { ticketId });
    await moved(page, "经度 113", "纬度 34");
    await choose(page, "补充修改");
    await axis(page, "longitude").fill("113.7");
    await axis(page, "latitude").fill("");
    await send(page);
    await command(page).locator(".field", { hasText: "纬度" }).locator(".field-error").waitFor();
    await axis(page, "latitude").fill("34.8");
    await command(page).getByRole("button", { name: /地图定位/ }).click();
    await command(page).locator(".map-pin").waitFor();
    await map(page).scrollIntoViewIfNeeded();
    await settled(page);
    await picture(page, "ticket-amend-map");
    assert.deepEqual(await axeFaults(page), []);
    await send(page);
    await moved(page, "经度 113", "→", "经度 113.700000、纬度 34.800000");
    await page.locator(".facts .map-row").getByText("经度 113.700000，纬度 34.800000").waitFor();
    assert.deepEqual(await keptPlace(ticketId), [113.7, 34.8]);
    await choose(page, "补充修改");
    await command(page).getByRole("button", { name: "清除位置" }).click();
    await send(page);
    await moved(page, "经度 113.700000、纬度 34.800000", "→", "无");
    await page.locator(".facts .map-row").waitFor({ state: "detached" });
    await picture(page, "ticket-amend-removed");
    assert.deepEqual(await keptPlace(ticketId), [0, 0]);
    const { intact } = await (await as("supervisor1")).get(`/v1/tickets/${ticketId}:verifyHistory`);
    assert.equal(intact, true);
  });
}

// A picture of one colour.
const TILE = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkaPhfDwAFBAIAXhF3VwAAAABJRU5ErkJggg==", "base64");

// A port that was free just now.
async function freePort() {
  const probe = createServer();
  await new Promise((listening) => probe.listen(0, "127.0.0.1", listening));
  const { port } = probe.address();
  await new Promise((closed) => probe.close(closed));
  return port;
}

// One more gateway of the same suite, with the map that an operator configures.
async function gatewayWith(map) {
  const data = process.env.SUITE_DATA;
  const config = JSON.parse(readFileSync(join(data, "config/gateway.json"), "utf8"));
  delete config.https;
  const port = await freePort();
  const file = join(data, "gateway-map.json");
  writeFileSync(file, JSON.stringify({ ...config, listen: `unix:${join(data, "gateway-map.sock")}`, metrics: "127.0.0.1:0", http: { address: "127.0.0.1", port }, map }));
  const { child, done } = run(join(data, "program/bin/hotline-gateway"), ["--config", file]);
  await waitFor("the gateway", () => fetch(`http://127.0.0.1:${port}/healthz`).then((answer) => answer.ok, () => false));
  return { url: `http://127.0.0.1:${port}`, stop: () => child.kill("SIGTERM") && done };
}

// A host with tiles, and what was asked of it.
async function tileHost() {
  const asked = [];
  const server = createServer((request, answer) => {
    asked.push(request.url);
    answer.writeHead(200, { "Content-Type": "image/png" }).end(TILE);
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  return { asked, url: `http://127.0.0.1:${server.address().port}`, stop: () => new Promise((closed) => server.close(closed).closeAllConnections()) };
}

async function withTiles(loop) {
  await test("TKT-2 tiles of an operator's template are drawn below and their owner is named as text; without them the map says so", async () => {
    const tiles = await tileHost();
    const gateway = await gatewayWith({ tiles: [`${tiles.url}/{z}/{x}/{y}.png`], attribution: "<b>云州测绘</b>", max_zoom: 16, longitude: 113.65, latitude: 34.76, zoom: 12 });
    try {
      const page = await signedIn(loop.chrome, "agent2", undefined, gateway.url);
      await openDesk(page, "瓦片");
      await openMap(page);
      await map(page).locator("img.leaflet-tile-loaded").first().waitFor();
      assert.match(tiles.asked[0], /^\/12\/\d+\/\d+\.png$/);
      await map(page).locator(".leaflet-control-attribution", { hasText: "<b>云州测绘</b>" }).waitFor();
      await picture(page, "desk-map-tiles");
      const policy = (await page.request.get(`${gateway.url}/desk`)).headers()["content-security-policy"];
      assert.match(policy, new RegExp(`img-src 'self' data: blob: ${tiles.url};`));
      assert.match(policy, /script-src 'self';/);
      await tiles.stop();
      await openDesk(page, "瓦片");
      await openMap(page);
      await page.getByText("底图暂时无法加载").waitFor();
      assert.deepEqual(page.faults, []);
      await page.context().close();
    } finally {
      await tiles.stop();
      await gateway.stop();
    }
  });
}

export async function places(loop) {
  const page = await signedIn(loop.chrome, "agent2");
  await byKeys(page);
  await byMouse(page);
  await typed(page);
  if (page.placed) await onThePage(page);
  const clerk = await signedIn(loop.chrome, "entry1");
  await writtenDown(clerk);
  if (clerk.recorded) await amended(page, clerk.recorded);
  await withTiles(loop);
  await test("the map's pages had no script error", async () => assert.deepEqual([...page.faults, ...clerk.faults], []));
  await page.context().close();
  await clerk.context().close();
}
