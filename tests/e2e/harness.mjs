// What the end-to-end tests share: the city's API, callers, a browser, and TAP.
import { execFileSync, spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const root = process.env.SUITE_ROOT;
const require = createRequire(join(root, "web/package.json"));

export const base = `http://127.0.0.1:${process.env.SUITE_PORT}`;
export const sip = `127.0.0.1:${process.env.SUITE_SIP_PORT}`;
export const CAP_MS = Number(process.env.CAP_MS ?? 60_000); // generous: reached only when something fails
export const signins = JSON.parse(readFileSync(join(process.env.SUITE_DATA, "secrets/signins.json"), "utf8"));

let failures = 0;
export async function test(name, work) {
  const began = Date.now();
  try {
    const figure = await work();
    console.log(`ok ${name} (${Date.now() - began} ms)${figure === undefined ? "" : ` # ${figure}`}`);
  } catch (error) {
    failures += 1;
    console.log(`not ok ${name}\n${String(error.stack).replace(/^/gm, "  # ")}`);
  }
}
export const failed = () => failures;

const sessions = {};
const FRESH_MS = 300_000; // a run may take longer than a token holds
// The API as this user, signed in once in a while.
export const as = async (user) => {
  if (!sessions[user] || Date.now() - sessions[user].at > FRESH_MS) sessions[user] = { at: Date.now(), api: Api.signIn(user) };
  return sessions[user].api;
};

// A picture for people to look at, where SCREENSHOTS names a directory.
export async function picture(page, name) {
  if (process.env.SCREENSHOTS) await page.screenshot({ path: join(process.env.SCREENSHOTS, `${name}.png`) });
}

// Polls until the value is truthy, and returns it.
export async function waitFor(what, probe, capMs = CAP_MS) {
  const end = Date.now() + capMs;
  for (;;) {
    const value = await probe();
    if (value) return value;
    if (Date.now() > end) throw new Error(`gave up waiting for ${what}`);
    await new Promise((done) => setTimeout(done, 100));
  }
}

// A client of the REST API as one user, or with an API key.
export class Api {
  constructor(token) {
    this.token = token;
  }
  static async signIn(userName) {
    const answer = await new Api("").post("/v1/auth:signIn", { userName, password: signins[userName] });
    return new Api(answer.accessToken);
  }
  async raw(method, path, body, headers = {}) {
    return fetch(base + path, {
      method,
      headers: { "Content-Type": "application/json", ...(this.token ? { Authorization: `Bearer ${this.token}` } : {}), ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  }
  async call(method, path, body) {
    const answer = await this.raw(method, path, body);
    const text = await answer.text();
    if (!answer.ok) throw Object.assign(new Error(`${method} ${path}: ${answer.status} ${text}`), { status: answer.status, problem: parse(text) });
    return parse(text);
  }
  get(path) {
    return this.call("GET", path);
  }
  post(path, body = {}) {
    return this.call("POST", path, body);
  }
  // The problem of a call that must be refused.
  async refused(method, path, body) {
    try {
      await this.call(method, path, body);
    } catch (error) {
      if (error.problem) return { ...error.problem, httpStatus: error.status };
      throw error;
    }
    throw new Error(`${method} ${path} was not refused`);
  }
}
const parse = (text) => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

// The suite's own supervisor, as its account.
const asUser = process.getuid() === 0 ? ["runuser", "-u", "hotline", "--"] : [];
export function control(...args) {
  const [command, ...rest] = [...asUser, "supervisorctl", "-c", join(process.env.SUITE_DATA, "config/supervisord.conf"), ...args];
  try {
    return execFileSync(command, rest, { encoding: "utf8" }).trim();
  } catch (error) {
    return String(error.stdout).trim(); // supervisorctl tells stopped programs by its exit status
  }
}

// Runs a program; `done` resolves with its exit status and output.
export function run(command, args, options = {}) {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], ...options });
  let out = "";
  child.stdout.on("data", (data) => (out += data));
  child.stderr.on("data", (data) => (out += data));
  const done = new Promise((resolve) => child.on("close", (code) => resolve({ code, out })));
  return { child, done };
}

// What the citizens say: A-law bytes, made once.
export const speech = join(process.env.SUITE_DATA, "speech.alaw");
export function prepareSpeech() {
  const raw = join(process.env.SUITE_DATA, "speech.wav");
  execFileSync("espeak-ng", ["-v", "cmn", "-s", "170", "-w", raw, "解放路人行道水管爆裂,请尽快派人处理。"]);
  execFileSync("sox", [raw, "-r", "8000", "-c", "1", "-e", "a-law", "-t", "raw", speech]);
}

// A call of the demo telephone; `done` resolves with what it measured.
export function dial(args) {
  const { child, done } = run(join(root, "deploy/demo/call"), ["--server", sip, "--json", ...args]);
  return { child, done: done.then(({ out }) => JSON.parse(out.trim().split("\n").at(-1))) };
}

// A call by SIPp with speech; `milliseconds` until it hangs up by itself.
export function sipp(caller, { milliseconds = 60_000, transport = "u1" } = {}) {
  // SIPp reads the file to stream when it loads the scenario, before it knows any field.
  const scenario = join(process.env.SUITE_DATA, `sipp-${caller}.xml`);
  const text = readFileSync(join(root, "tests/e2e/sipp/caller.xml"), "utf8");
  writeFileSync(scenario, text.replaceAll("[field0]", caller).replaceAll("[field1]", speech).replaceAll("[field2]", String(milliseconds)));
  return run("sipp", [sip, "-sf", scenario, "-m", "1", "-i", "127.0.0.1", "-t", transport, "-nostdin", "-timeout", "180", "-timeout_error"]);
}

export async function browser() {
  return require("playwright-core").chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
      "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", "--allow-loopback-in-peer-connection", "--autoplay-policy=no-user-gesture-required"],
  });
}

export async function signedIn(chrome, userName, viewport = { width: 1600, height: 900 }, baseURL = base) {
  const context = await chrome.newContext({ viewport, locale: "zh-CN", timezoneId: "Asia/Shanghai", permissions: ["microphone"], baseURL });
  const page = await context.newPage();
  page.setDefaultTimeout(CAP_MS);
  page.faults = [];
  page.on("pageerror", (error) => page.faults.push(String(error)));
  await page.goto("/sign-in");
  await page.locator("input[autocomplete=username]").fill(userName);
  await page.locator("input[autocomplete=current-password]").fill(signins[userName]);
  await page.keyboard.press("Enter");
  await page.locator("nav.nav, .wallboard").first().waitFor();
  return page;
}

const MOVING = ".ant-segmented-thumb, .ant-zoom-appear, .ant-zoom-enter, .ant-fade-appear, .ant-fade-enter, .ant-wave";
// What keeps people who do not see the page from using it.
export async function axeFaults(page) {
  const axe = require("@axe-core/playwright");
  const { violations } = await new (axe.default ?? axe)({ page }).withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]).analyze();
  return violations.filter((v) => ["serious", "critical"].includes(v.impact)).map((v) => `${v.id}: ${v.nodes[0].html}`);
}

// Until nothing loads or moves on the page any more.
export async function settled(page) {
  await page.waitForLoadState("networkidle").catch(() => undefined);
  await waitFor("what is loading", async () => (await page.locator(".waiting, .ant-btn-loading").count()) === 0);
  await waitFor("what is moving", async () => (await page.locator(MOVING).count()) === 0);
}

// The loudest of what the agent's page plays within the time, 0 to 1, from WebRTC's own statistics.
export async function agentHears(page, capMs = CAP_MS) {
  return waitFor("sound at the agent", () => page.evaluate(async () => {
    const audio = [...document.querySelectorAll("audio")].find((a) => a.srcObject?.getAudioTracks().length);
    if (!audio) return 0;
    const context = (window.testContext ??= new AudioContext());
    if (!window.testAnalyser || window.testStream !== audio.srcObject) {
      window.testStream = audio.srcObject;
      window.testAnalyser = context.createAnalyser();
      context.createMediaStreamSource(audio.srcObject).connect(window.testAnalyser);
    }
    await context.resume();
    const samples = new Float32Array(window.testAnalyser.fftSize);
    window.testAnalyser.getFloatTimeDomainData(samples);
    const rms = Math.sqrt(samples.reduce((sum, x) => sum + x * x, 0) / samples.length);
    return rms > 0.003 ? rms : 0;
  }), capMs);
}

// The agent of this page signs in and the browser's line comes up.
export async function agentSignsIn(page) {
  await page.goto("/desk");
  await page.locator(".agent-control .agent-agent_state_signed_out, .agent-control .agent-agent_state_not_ready, .agent-control .agent-agent_state_ready").first().waitFor();
  if (await page.locator(".agent-agent_state_signed_out").count()) await page.keyboard.press("F7");
  await page.getByText("话机就绪").waitFor();
}

// And is ready for calls, whatever the agent was before.
export async function agentReady(page) {
  await agentSignsIn(page);
  if (!(await page.locator(".agent-agent_state_ready").count())) await page.keyboard.press("F7");
  await page.locator(".agent-agent_state_ready").waitFor();
}
