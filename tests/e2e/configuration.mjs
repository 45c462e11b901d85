// An administrator configures the city in the browser, and what was configured counts at once: catalogue, forms, time limits,
// calendar, templates, the rule about repeats.
import assert from "node:assert/strict";
import { as, axeFaults, picture, signedIn, test, waitFor } from "./harness.mjs";

const CATEGORY = { id: "rural.subsidy", name: "惠农补贴" };
const TYPE = "TICKET_TYPE_SUGGESTION";
const UNITS = [{ id: "agriculture-bureau", typed: "云州市农业农村局" }, { id: "civil-affairs", typed: "云州市民政局" }];

const part = (page, name) => page.getByRole("region", { name, exact: true });
const done = (page, text) => page.locator(".ant-message-notice", { hasText: text }).first().waitFor();

async function open(page, name) {
  await page.goto(`/configuration/${name}`);
  await page.locator(".configuration .column, .configuration .table").first().waitFor();
}

// Chooses in a select of a tree or a list by its name, from the keyboard.
async function choose(page, within, label, name) {
  const input = within.getByRole("combobox", { name: label }).first();
  await input.focus();
  await input.fill(name);
  await page.locator(".ant-select-tree-treenode, .ant-select-item-option", { hasText: name }).first().waitFor({ state: "attached" });
  await page.keyboard.press("Enter");
  await within.locator(".ant-select-selection-item", { hasText: name }).first().waitFor();
}

async function publish(page, note) {
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel(/改了什么/).fill(note);
  await page.keyboard.press("Control+Enter");
  await done(page, "已发布");
  await dialog.waitFor({ state: "detached" });
}

const suggested = async (areaCode = "") => (await (await as("dispatcher1")).post("/v1/tickets:suggestForDraft", { categoryId: CATEGORY.id, type: TYPE, areaCode })).suggestions?.[0];
const unitName = async (id) => (await (await as("admin")).get(`/v1/units/${id}`)).name;

// The unit the catalogue does not name yet, so that the test can be repeated.
async function nextUnit() {
  const now = await suggested();
  return UNITS.find((unit) => unit.id !== now?.unitId);
}

// Of a long list only the rows in sight are drawn.
const entryRow = async (page) => {
  await page.getByLabel("分类、区域、单位、说明").fill(CATEGORY.name);
  return page.locator("[role=row]", { hasText: CATEGORY.name });
};

async function catalogue(page) {
  await test("STD-6 TKT-6 an entry of the catalogue is written, checked, published, and suggestions follow it", async () => {
    const admin = await as("admin");
    for (const { entryId, categoryId, etag } of (await admin.get("/v1/catalogueEntries")).entries ?? []) if (categoryId === CATEGORY.id) await admin.call("DELETE", `/v1/catalogueEntries/${entryId}?etag=${etag}`);
    const unit = await nextUnit();
    await open(page, "catalogue");
    await page.keyboard.press("n");
    const dialog = page.getByRole("dialog");
    await choose(page, dialog, /事项分类/, CATEGORY.name);
    await choose(page, dialog, /主办单位/, unit.typed);
    await dialog.getByLabel(/起始日期/).fill("2026-02-01");
    await dialog.getByLabel(/截止日期/).fill("2026-01-01");
    await page.keyboard.press("Control+Enter");
    await dialog.locator(".field", { hasText: "截止日期" }).locator(".field-error").waitFor(); // refused at its field
    await dialog.getByLabel(/截止日期/).fill("");
    await page.keyboard.press("Control+Enter");
    await dialog.waitFor({ state: "detached" });
    await (await entryRow(page)).first().waitFor();
    await part(page, "检查").locator(".ant-alert-warning, .ant-alert-success").waitFor(); // no errors
    const button = part(page, "发布").getByRole("button", { name: "发布" });
    await button.click();
    await page.getByRole("dialog").locator(".differences tbody tr", { hasText: CATEGORY.name }).waitFor();
    await publish(page, "补贴由专门单位承办");
    await waitFor("the suggestion to follow", async () => (await suggested())?.unitId === unit.id);
    assert.match((await suggested()).source, /^catalogue:\d+\/rural\.subsidy/);
    const trial = part(page, "试算派单建议");
    await choose(page, trial, /事项分类/, CATEGORY.name);
    await trial.locator("li", { hasText: await unitName(unit.id) }).first().waitFor();
    await picture(page, "configuration-catalogue");
    return `${unit.id} by ${(await suggested()).source}`;
  });
  await test("STD-6 an edited entry differs from the version in force, and counts once it is published", async () => {
    const before = await suggested();
    const unit = await nextUnit();
    await (await entryRow(page)).getByRole("button", { name: /编辑/ }).click();
    await choose(page, page.getByRole("dialog"), /主办单位/, unit.typed);
    await page.keyboard.press("Control+Enter");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await part(page, "发布").getByText("修改 1").waitFor();
    assert.equal((await suggested()).unitId, before.unitId, "a draft counts for nothing");
    await part(page, "发布").getByRole("button", { name: "比较差异" }).click();
    await page.getByRole("dialog").locator(".differences .changed", { hasText: await unitName(unit.id) }).waitFor();
    await page.locator(".ant-modal-close").click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await part(page, "发布").getByRole("button", { name: "发布", exact: true }).click();
    await publish(page, "改由另一单位承办");
    await waitFor("the suggestion to follow", async () => (await suggested())?.unitId === unit.id);
    await part(page, "版本").getByText("改由另一单位承办").first().waitFor();
  });
}

// The form of the type without required fields, so that the test can be repeated.
async function asBuiltIn() {
  const admin = await as("admin");
  const now = async () => (await admin.get("/v1/processes")).processes.find((p) => p.type === TYPE);
  const { required, fields } = await now();
  if (!required?.length && !fields?.some((field) => field.required)) return now();
  const { etag, draft } = await admin.get(`/v1/processes/${TYPE}?draft=true`);
  const kept = await admin.call("PUT", `/v1/processes/${TYPE}`, { ...(await admin.get(`/v1/processes/${TYPE}?builtIn=true`)), etag: draft ? etag : "" });
  await admin.post(`/v1/processes/${TYPE}:publish`, { etag: kept.etag, note: "恢复" });
  return now();
}

async function forms(page) {
  await test("PLT-6 a field is made required for a type, published, and a ticket without it is refused by its name", async () => {
    const now = await asBuiltIn();
    const [name, label] = ["place", "地点"];
    await open(page, "forms");
    await page.locator(".ant-segmented-item", { hasText: "建议" }).click();
    const row = (now.fields?.length ?? 0) + 1; // of the new field
    await page.getByRole("button", { name: "增加项目" }).click();
    await page.getByLabel(`名称 ${row}`, { exact: true }).fill("面积");
    await page.getByLabel(`标识 ${row}`).fill("Not An Id");
    await part(page, "流程表单").locator("fieldset", { hasText: "必填项目" }).first().getByText(label, { exact: true }).click();
    await page.keyboard.press("Control+Enter");
    await page.locator(`[data-row='${row - 1}'] .field-error`).waitFor(); // refused at its field
    await page.getByLabel(`标识 ${row}`).fill(`area_${now.version ?? 0}`);
    await page.keyboard.press("Control+Enter");
    await done(page, "草稿已检查并保存");
    await page.getByRole("button", { name: "发布", exact: true }).click();
    await page.getByRole("dialog").locator(".differences", { hasText: label }).waitFor();
    await publish(page, `${label}必填`);
    await part(page, "版本").getByText(`${label}必填`).first().waitFor();
    const agent = await as("agent2");
    const given = { place: "东河村", partyComplainedOf: "村委会", content: "补贴太少" };
    const ticket = { type: TYPE, channel: "CHANNEL_PHONE", title: "提高补贴标准", categoryId: CATEGORY.id, caller: { phone: "13900000031" }, ...given };
    const key = name.replace(/_(.)/g, (_, c) => c.toUpperCase()); // fields in JSON are in camel case
    const problem = await agent.refused("POST", "/v1/tickets", { ticket: { ...ticket, [key]: "" }, requestId: crypto.randomUUID() });
    assert.equal(problem.httpStatus, 400);
    assert.match(JSON.stringify(problem), new RegExp(`ticket\\.(${key}|${name}).*REQUIRED`));
    const made = await agent.post("/v1/tickets", { ticket, dispatchUnitId: UNITS[0].id, requestId: crypto.randomUUID() });
    page.ticket = made.ticket;
    return `${name} in version ${(await (await as("admin")).get(`/v1/processes/${TYPE}`)).version}`;
  });
}

const replyClock = async (ticketId) => (await (await as("supervisor1")).get(`/v1/slaClocks?ticketId=${ticketId}`)).clocks?.find((c) => c.step === "reply" && c.state === "CLOCK_STATE_RUNNING");
const figure = (page, name) => page.locator(`[data-figure=${name}] dd`);
const moves = async (page) => Number(await figure(page, "moved").textContent());

async function policies(page) {
  await test("SLA-9 a changed limit shows what it would move before it is put, and moves it when it is", async () => {
    const before = await waitFor("the reply's clock", () => replyClock(page.ticket.ticketId));
    await open(page, "policies");
    await page.locator(".ant-segmented-item", { hasText: "办理答复" }).click();
    await page.locator(".rule-summary", { hasText: "建议" }).first().click();
    const amount = page.getByLabel("数量").first();
    const days = Number(await amount.inputValue());
    await page.getByText("在办工单也按新版重算").click();
    await amount.fill("0");
    await page.getByRole("button", { name: "预览影响" }).click();
    await page.locator(".limit-editor .field-error").first().waitFor(); // refused at its field
    await amount.fill(String(days + 4));
    const save = page.getByRole("button", { name: /保存为新版/ });
    assert.equal(await save.isDisabled(), true, "nothing is put for open tickets unseen");
    await page.getByRole("button", { name: "预览影响" }).click();
    await figure(page, "moved").waitFor();
    const moved = await moves(page);
    const examined = await figure(page, "examined").textContent();
    assert.ok(moved >= 1, `${moved} moved`);
    await page.locator(".preview-result table tr").nth(1).waitFor();
    await picture(page, "configuration-policy");
    const now = await replyClock(page.ticket.ticketId);
    assert.equal(now.dueTime, before.dueTime, "a preview changes nothing");
    await page.keyboard.press("Control+Enter");
    await done(page, "已保存为第");
    const after = await waitFor("the clock to move", async () => {
      const clock = await replyClock(page.ticket.ticketId);
      return clock && Date.parse(clock.dueTime) > Date.parse(before.dueTime) ? clock : null;
    });
    await part(page, "版本").getByText("重算了在办").first().waitFor();
    return `${moved} of ${examined} clocks, one from ${before.dueTime} to ${after.dueTime}`;
  });
}

// The next day that is a working day now, in the city's time.
function nextWorkingDay(calendar) {
  const days = new Map((calendar.days ?? []).map((d) => [d.date, d.kind]));
  for (let n = 1; n < 30; n += 1) {
    const day = new Date(Date.now() + 8 * 3600_000 + n * 86_400_000).toISOString().slice(0, 10);
    const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
    if ((days.get(day) ?? (weekday % 6 ? "work" : "off")) === "work") return day;
  }
  throw new Error("no working day within a month");
}

async function calendar(page) {
  await test("SLA-9 a day off shows what it would move before it is kept, and a year without notice says so", async () => {
    const before = await (await as("admin")).get("/v1/workingCalendar");
    const clock = await replyClock(page.ticket.ticketId);
    const day = nextWorkingDay(before);
    await open(page, "calendar");
    await page.locator(".year").waitFor();
    while (Number(await page.locator(".year-title").textContent()) < Number(day.slice(0, 4))) await page.getByRole("button", { name: "下一年" }).click();
    await page.locator(`[data-day='${day}']`).click();
    await page.keyboard.press("Enter");
    await page.keyboard.type("临时放假");
    await page.keyboard.press("Enter");
    await page.locator(".pending-days li", { hasText: day }).waitFor();
    await page.getByRole("button", { name: "预览影响" }).click();
    await figure(page, "moved").waitFor();
    const moved = await moves(page);
    assert.ok(moved >= 1, `${moved} moved`);
    await picture(page, "configuration-calendar");
    assert.equal((await (await as("admin")).get("/v1/workingCalendar")).version, before.version, "a preview changes nothing");
    await page.keyboard.press("Control+Enter");
    await done(page, "已保存为日历第");
    await page.locator(`[data-day='${day}'].off`).waitFor();
    await waitFor("the clock to move", async () => Date.parse((await replyClock(page.ticket.ticketId)).dueTime) > Date.parse(clock.dueTime));
    const unknown = Math.max(...before.noticeYears) + 2;
    while (Number(await page.locator(".year-title").textContent()) < unknown) await page.getByRole("button", { name: "下一年" }).click();
    await page.locator(".ant-alert-warning", { hasText: String(unknown) }).waitFor();
    return `${day} off moves ${moved}`;
  });
}

async function templates(page) {
  await test("TKT-14 a template is edited, its slip named at the block, looked at as the PDF of a ticket, and put", async () => {
    const admin = await as("admin");
    const before = (await admin.get("/v1/documentTemplates")).templates.find((one) => one.templateId === "urging_notice");
    await open(page, "templates");
    await choose(page, page, "文书模板", "催办通知书");
    const body = JSON.parse(before.body);
    const at = page.locator(`li[data-block='${body.blocks.findIndex((one) => one.kind === "paragraph")}']`);
    const block = at.locator("textarea");
    const text = await block.inputValue();
    await block.fill(`${text}{{nothing}}`);
    await page.keyboard.press("Control+Enter");
    await at.locator(".field-error").first().waitFor(); // refused at its block
    await block.fill(`${text}请立即处理。`);
    const pane = part(page, "预览");
    await pane.getByLabel(/工单/).first().fill(page.ticket.number);
    const answer = page.waitForResponse((response) => response.url().endsWith("documents:preview"));
    await pane.getByLabel(/工单/).first().press("Enter");
    const { pdf, pages } = await (await answer).json();
    assert.equal(Buffer.from(pdf, "base64").subarray(0, 5).toString(), "%PDF-");
    assert.ok(pages >= 1);
    await pane.locator(`iframe[data-pages='${pages}']`).waitFor();
    await picture(page, "configuration-template");
    const now = async () => (await admin.get("/v1/documentTemplates")).templates.find((one) => one.templateId === "urging_notice");
    assert.equal((await now()).version, before.version, "a look keeps nothing");
    await page.getByRole("button", { name: /保存为新版/ }).click();
    await done(page, "已保存为第");
    assert.equal(Number((await now()).version), Number(before.version) + 1);
    assert.match((await now()).body, /请立即处理/);
    page.template = { before, now };
    return `${pages} page(s), version ${(await now()).version}`;
  });
}

async function templateVersions(page) {
  await test("TKT-14 a template's versions are listed with who and when, an old one is looked at and taken back as the new version", async () => {
    const { before, now } = page.template;
    const current = await now();
    await open(page, "templates");
    await choose(page, page, "文书模板", "催办通知书");
    const versions = part(page, "版本");
    const old = versions.locator("li", { hasText: `第 ${before.version} 版` }).first();
    await old.waitFor();
    await versions.locator("li", { hasText: `第 ${current.version} 版` }).getByText("现行").waitFor();
    await versions.locator("li").first().getByText("系统管理员").or(versions.locator("li").first().getByText(/\d{4}-\d{2}-\d{2}/)).first().waitFor();
    await old.getByRole("button", { name: "查看" }).click();
    await page.locator(".undo-bar", { hasText: `第 ${before.version} 版` }).waitFor();
    const blocks = page.locator("li[data-block] textarea");
    assert.equal(await blocks.first().isDisabled(), true, "an old version is not edited");
    assert.equal(await page.getByRole("button", { name: /保存为新版/ }).count(), 0);
    await page.locator(".differences .changed", { hasText: "请立即处理" }).first().waitFor();
    await picture(page, "configuration-template-version");
    await page.locator(".undo-bar").getByRole("button", { name: "以此版为草稿" }).click();
    assert.equal(await blocks.first().isDisabled(), false);
    await page.keyboard.press("Control+Enter");
    await done(page, "已保存为第");
    const taken = await waitFor("the version", async () => {
      const one = await now();
      return Number(one.version) === Number(current.version) + 1 ? one : null;
    });
    assert.deepEqual(JSON.parse(taken.body), JSON.parse(before.body));
    await versions.locator("li", { hasText: `第 ${taken.version} 版` }).getByText("现行").waitFor();
    return `version ${before.version} again as ${taken.version}`;
  });
}

async function repeats(page) {
  await test("TKT-11 the rule about repeats is refused at its field when it makes no sense, and kept when it does", async () => {
    await open(page, "callers");
    const count = page.getByLabel(/此前诉求次数达到/);
    const kept = (await count.inputValue()) === "4" ? "5" : "4";
    await count.fill("1");
    await page.keyboard.press("Control+Enter");
    await page.locator(".field", { hasText: "此前诉求次数达到" }).locator(".field-error").waitFor();
    await count.fill(kept);
    await page.keyboard.press("Control+Enter");
    await done(page, "已保存");
    assert.equal(String((await (await as("admin")).get("/v1/repeatRule")).count), kept);
    await page.locator(".ant-segmented-item", { hasText: "暂停服务" }).click();
    await page.getByText("没有暂停服务的来电人").waitFor();
  });
}

async function readable(page) {
  await test("every configuration screen can be used without seeing it (axe)", async () => {
    for (const name of ["catalogue", "categories", "scripts", "forms", "policies", "calendar", "templates", "callers"]) {
      await open(page, name);
      if (name === "policies") await page.locator(".rule-summary").first().click();
      assert.deepEqual((await axeFaults(page)).map((fault) => `${name} ${fault}`), []);
    }
  });
}

async function byRole(loop) {
  await test("PLT-1 a dispatcher configures the catalogue only and cannot publish it, an agent nothing", async () => {
    const page = await signedIn(loop.chrome, "dispatcher1");
    await page.goto("/configuration/policies");
    await part(page, "发布").waitFor();
    assert.equal(await page.locator(".configuration .ant-segmented-item").count(), 1);
    assert.equal(await part(page, "发布").getByRole("button", { name: "发布", exact: true }).count(), 0);
    await page.context().close();
    const agent = await signedIn(loop.chrome, "agent3");
    await agent.goto("/configuration");
    await agent.locator(".desk").waitFor();
    assert.equal(await agent.locator("nav a[href='/configuration']").count(), 0);
    await agent.context().close();
  });
}

export async function configuration(loop) {
  const page = await signedIn(loop.chrome, "admin");
  for (const work of [catalogue, forms, policies, calendar, templates, templateVersions, repeats, readable]) await work(page);
  await test("no configuration screen had a script error", async () => assert.deepEqual(page.faults, []));
  await page.context().close();
  await byRole(loop);
}
