// Opens every screen in headless Chromium against the fixture: nothing may be written to the console as an error, axe-core
// may find nothing serious, and the desk's main path works from the keyboard alone. node tests/smoke.mjs [SCREENSHOT_DIR]
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import AxeModule from "@axe-core/playwright";
import { chromium } from "playwright-core";
import { Fixture } from "./fixture.mjs";

const AxeBuilder = AxeModule.default ?? AxeModule;
const shots = process.argv[2];
if (shots) mkdirSync(shots, { recursive: true });
const WAIT = { timeout: 30_000 };

const fixture = new Fixture();
const base = `http://127.0.0.1:${await fixture.listen()}`;
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", "--allow-loopback-in-peer-connection", "--disable-quic", "--disable-background-networking"],
});
let passed = 0;
const failures = [];

async function check(name, work) {
  try {
    await work();
    passed += 1;
    console.log(`ok    ${name}`);
  } catch (error) {
    failures.push(name);
    console.log(`FAIL  ${name}\n${error.stack}`);
  }
}

async function signedIn(userName, { width = 1600, height = 900, language = "zh-CN" } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, locale: language, permissions: ["microphone"] });
  await context.addInitScript((l) => localStorage.setItem("hotline.language", l), language);
  const page = await context.newPage();
  page.setDefaultTimeout(WAIT.timeout);
  page.errors = [];
  page.on("console", (m) => m.type() === "error" && !m.text().includes("status of 4") && page.errors.push(m.text()));
  page.on("pageerror", (e) => page.errors.push(String(e)));
  await page.goto(`${base}/sign-in`);
  await page.locator("input[autocomplete=username]").fill(userName);
  await page.locator("input[autocomplete=current-password]").fill("hotline-fixture");
  await page.keyboard.press("Enter");
  await page.locator("nav.nav, .wallboard").first().waitFor(WAIT);
  return page;
}

async function inspect(page, name) {
  if (shots) await page.screenshot({ path: `${shots}/${name}.png` });
  assert.deepEqual(page.errors, [], `${name}: console errors`);
  const { violations } = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]).analyze();
  const serious = violations.filter((v) => v.impact === "serious" || v.impact === "critical");
  const told = serious.map((v) => `${v.id}: ${v.nodes.slice(0, 4).map((n) => `${n.html.slice(0, 160)} ${n.failureSummary?.split("\n")[1] ?? ""}`).join(" | ")}`);
  assert.deepEqual(told, [], `${name}: axe`);
}

// No word of the other language on a screen: Chinese characters in English are data only, so the check runs on controls.
async function chineseInControls(page) {
  return page.$$eval("nav a, header button, h1, h2, label, [role=columnheader]", (els) => els.map((e) => e.textContent ?? "").filter((x) => /[\u4e00-\u9fff]/.test(x) && !/中文|坐席\d|· 80\d\d/.test(x)));
}

async function screen(user, path, name, ready, options) {
  await check(name, async () => {
    const page = await signedIn(user, options);
    await page.goto(base + path);
    await page.locator(ready).first().waitFor(WAIT);
    await page.waitForFunction(() => !document.querySelector(".waiting"), null, WAIT);
    await inspect(page, name);
    await page.context().close();
  });
}

await check("sign-in refuses and accepts", async () => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: "zh-CN" });
  const page = await context.newPage();
  page.errors = [];
  await page.goto(base);
  await page.locator("input[autocomplete=username]").fill("agent");
  await page.locator("input[autocomplete=current-password]").fill("wrong-password");
  await page.keyboard.press("Enter");
  await page.getByText("用户名或密码不正确").waitFor(WAIT);
  await inspect(page, "sign-in");
  await context.close();
});

await check("desk: ring, answer, register, all by keyboard", async () => {
  const page = await signedIn("agent");
  const other = await browser.newContext({ permissions: ["microphone"] });
  const peer = await other.newPage();
  await peer.goto(base);
  await peer.evaluate((url) => {
    window.sent = 0;
    const socket = new WebSocket(url);
    socket.onmessage = async (message) => {
      const offer = JSON.parse(message.data);
      window.offerSdp = offer.sdp;
      const pc = new RTCPeerConnection();
      window.pc = pc;
      const media = await navigator.mediaDevices.getUserMedia({ audio: true });
      await pc.setRemoteDescription({ type: "offer", sdp: offer.sdp });
      media.getTracks().forEach((track) => pc.addTrack(track, media));
      await pc.setLocalDescription(await pc.createAnswer());
      await new Promise((done) => {
        if (pc.iceGatheringState === "complete") done();
        pc.onicegatheringstatechange = () => pc.iceGatheringState === "complete" && done();
      });
      socket.send(JSON.stringify({ sdp: pc.localDescription.sdp, negotiationId: offer.negotiationId }));
    };
    return new Promise((done) => { socket.onopen = done; });
  }, base.replace("http", "ws") + "/test/peer");
  const received = () => peer.evaluate(async () => {
    let packets = 0;
    for (const r of (await window.pc?.getStats())?.values() ?? []) if (r.type === "inbound-rtp") packets += r.packetsReceived;
    return packets;
  });
  await page.keyboard.press("F7"); // sign in
  await page.getByText("话机就绪").waitFor(WAIT);
  await peer.waitForFunction(() => window.pc?.connectionState === "connected", null, WAIT);
  assert.match(await peer.evaluate(() => window.offerSdp), /m=audio \d+ \S+ 8 0/); // PCMA first, then PCMU
  assert.equal(await received(), 0, "an idle line sends nothing");
  await page.keyboard.press("F7"); // ready
  await page.locator(".agent-agent_state_ready").waitFor(WAIT);
  fixture.startCall({});
  await page.locator(".phone-bar.ringing").waitFor(WAIT);
  await page.getByText("未办结 2 件").waitFor(WAIT);
  await inspect(page, "desk-ringing");
  await page.keyboard.press("F2");
  await page.locator(".phone-call b", { hasText: "通话中" }).waitFor(WAIT);
  await peer.waitForFunction(async () => {
    for (const r of (await window.pc.getStats()).values()) if (r.type === "inbound-rtp" && r.packetsReceived > 20) return true;
    return false;
  }, null, WAIT);
  await page.keyboard.press("Alt+2");
  await page.keyboard.press("Tab");
  await page.locator("input[maxlength='100']").first().focus();
  await page.keyboard.type("解放路人行道漏水");
  await page.keyboard.press("Alt+3");
  await page.keyboard.type("路口水管爆裂,水流到马路上。");
  await page.getByText("可能重复的工单").waitFor(WAIT);
  await page.locator(".hit").first().waitFor(WAIT);
  await page.keyboard.press("Alt+4");
  await page.keyboard.type("漏水");
  await page.locator(".ant-select-tree-treenode", { hasText: "管道漏水" }).click();
  await page.locator(".hit-actions button").first().click();
  await inspect(page, "desk-talking");

  // A reload keeps the call and what was typed.
  const before = Date.now();
  await page.reload();
  await page.locator(".phone-call b", { hasText: "通话中" }).waitFor(WAIT);
  console.log(`      call shown again ${Date.now() - before} ms after the reload`);
  assert.equal(await page.locator("input[maxlength='100']").first().inputValue(), "解放路人行道漏水");

  // A broken socket shows a banner and comes back.
  fixture.breakSockets();
  await page.getByText("连接已断开").waitFor(WAIT);
  await page.getByText("连接已断开").waitFor({ state: "detached", ...WAIT });
  await page.locator(".phone-call b", { hasText: "通话中" }).waitFor(WAIT);

  await page.keyboard.press("Control+Enter");
  await page.locator("[data-testid=acceptance-number]").waitFor(WAIT);
  assert.equal(await page.locator("[data-testid=acceptance-number]").innerText(), "7392 0418");
  assert.equal(await page.locator("[data-testid=query-pin]").innerText(), "4071");
  await page.locator(".suggestion").first().waitFor(WAIT);
  await inspect(page, "desk-saved");
  const made = fixture.created[0];
  assert.equal(made.callId, fixture.call.callId);
  assert.equal(made.categoryId, "water.leak");
  await page.keyboard.press("Escape");
  await page.keyboard.press("F4");
  await page.getByText("上一通：已挂断").waitFor(WAIT);

  // A token that ended is renewed without anybody noticing.
  fixture.expireNow = true;
  await page.getByRole("link", { name: "工单" }).click();
  await page.locator(".table-row").nth(3).waitFor(WAIT);
  assert.equal(fixture.refreshes, 1);

  // A second tab steps back.
  const second = await page.context().newPage();
  await second.goto(`${base}/desk`);
  await second.getByText("电话正在另一个页面使用").waitFor(WAIT);
  await second.getByRole("button", { name: "在本页面使用电话" }).click();
  await second.getByText("话机就绪").waitFor(WAIT);
  await page.getByText("电话正在另一个页面使用").waitFor(WAIT);
  await page.context().close();
  await other.close();
});

await check("desk: faults are named at their fields", async () => {
  fixture.setAgent({ state: "AGENT_STATE_SIGNED_OUT" });
  const page = await signedIn("agent");
  await page.locator(".ticket-form").waitFor(WAIT);
  await page.keyboard.press("Control+Enter");
  await page.getByText("此项必填").waitFor(WAIT);
  await page.locator("input[maxlength='100']").first().fill("坏标题");
  await page.keyboard.press("Control+Enter");
  await page.locator(".faults b", { hasText: "标题" }).waitFor(WAIT);
  await inspect(page, "desk-faults");
  await page.context().close();
});

await screen("agent", "/tickets", "tickets", ".table-row:nth-child(5)");
await check("ten thousand rows scroll smoothly", async () => {
  const page = await signedIn("agent");
  await page.goto(`${base}/tickets`);
  await page.locator(".table-row").nth(3).waitFor(WAIT);
  for (let i = 0; i < 20; i += 1) {
    const rows = await page.locator(".table.fill").getAttribute("aria-rowcount");
    await page.locator(".table.fill").evaluate((el) => { el.scrollTop = el.scrollHeight; });
    await page.waitForFunction((before) => document.querySelector(".table.fill").getAttribute("aria-rowcount") !== before, rows, WAIT);
  }
  assert.ok(Number(await page.locator(".table.fill").getAttribute("aria-rowcount")) > 2000);
  assert.ok((await page.locator(".table-row").count()) < 80, "only the visible rows exist");
  await page.context().close();
});
await screen("supervisor", "/tickets/t-0", "ticket-dispatch", ".timeline li");
await screen("agent", "/tickets/t-4", "ticket-callback", ".timeline li");
await screen("officer", "/inbox", "inbox", ".table-row:nth-child(3)");
await screen("officer", "/tickets/t-6", "ticket-reply", ".timeline li");
await screen("supervisor", "/supervision", "supervision", ".table-row:nth-child(3)");
await screen("clerk", "/exchange", "exchange", ".table-row:nth-child(2)");
await screen("clerk", "/entry", "entry", ".pick-list li");
await screen("lead", "/lead", "lead", ".table-row:nth-child(4)");
await screen("lead", "/figures", "figures", ".table-row:nth-child(3)");
await screen("editor", "/knowledge", "knowledge", ".shelf li");
await screen("editor", "/knowledge/a1", "article", ".markdown table");
await screen("editor", "/knowledge/a1/edit", "article-edit", ".editor textarea");
await screen("admin", "/admin/users", "admin-users", ".table-row:nth-child(3)");
await screen("admin", "/admin/units", "admin-units", ".table-row:nth-child(3)");
await screen("admin", "/admin/flows", "admin-flows", "textarea");
await screen("lead", "/wallboard", "wallboard", ".wb-value", { width: 1920, height: 1080 });
for (const [user, path, name] of [["agent", "/desk", "desk-en"], ["officer", "/inbox", "inbox-en"], ["lead", "/lead", "lead-en"], ["admin", "/admin/queues", "admin-queues-en"]])
  await check(name, async () => {
    const page = await signedIn(user, { language: "en" });
    await page.goto(base + path);
    await page.waitForFunction(() => !!document.querySelector("h1") && !document.querySelector(".waiting"), null, WAIT);
    await inspect(page, name);
    assert.deepEqual(await chineseInControls(page), [], "Chinese on an English screen");
    await page.context().close();
  });

await browser.close();
fixture.close();
console.log(`${passed} passed, ${failures.length} failed`);
process.exit(failures.length ? 1 : 0);
