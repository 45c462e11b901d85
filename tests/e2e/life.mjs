// A ticket's whole life as those who handle it see it: every step is done on a page of the web client and seen there.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { as, picture, signedIn, test } from "./harness.mjs";
import { intake } from "./intake.mjs";
import { choose, command, field, open, pick, pickUnit, send, shows, ticketWhere, told } from "./ticket_page.mjs";

const TITLE = "滨河路26号院雨水井盖破损";
const PNG = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAIAAAACUFjqAAAAEUlEQVR4nGNgYPiPFY0UUQAVl2OdGqYUAwAAAABJRU5ErkJggg==", "base64");

async function registered(life) {
  await test("TKT-4 a matter is registered at the desk and its page shows it waiting for dispatch", async () => {
    const { agent } = life;
    await agent.goto("/desk");
    await agent.locator("form.ticket-form").waitFor();
    await agent.getByText("求助", { exact: true }).first().click();
    await agent.locator("input[maxlength='100']").first().fill(TITLE);
    await agent.keyboard.press("Alt+3");
    await agent.keyboard.type("井盖碎裂,晚上行人容易掉下去。");
    await agent.keyboard.press("Alt+4");
    await agent.keyboard.type("积水内涝");
    await agent.keyboard.press("Enter");
    await agent.keyboard.press("Alt+6");
    await agent.keyboard.press("Tab");
    await agent.keyboard.type("13900003001");
    await agent.keyboard.press("Control+Enter");
    const shown = agent.locator("[data-testid=acceptance-number]");
    await shown.waitFor();
    life.ticket = await (await as("supervisor1")).get(`/v1/tickets/${(await shown.innerText()).replace(/ /g, "")}`);
    await agent.getByRole("button", { name: "打开工单" }).click();
    await shows(agent, "待派单");
    await told(agent, "受理登记");
  });
}

async function dispatched(life) {
  await test("TKT-6 the dispatcher sends it where the service suggests, and sees why", async () => {
    const { dispatcher, ticket } = life;
    await dispatcher.goto("/sorting");
    const item = dispatcher.locator(".pick-list button", { hasText: TITLE }).first();
    await item.click();
    const first = dispatcher.getByRole("region", { name: "建议单位" }).locator(".suggestion").first();
    await first.waitFor();
    assert.ok((await first.locator(".quiet").innerText()).length >= 2, "a reason");
    await picture(dispatcher, "life-sorting");
    await dispatcher.keyboard.press("1");
    await dispatcher.locator(".undo-bar").waitFor();
    await dispatcher.getByRole("button", { name: "立即派出" }).click();
    await ticketWhere(ticket.ticketId, (now) => now.state === "TICKET_STATE_DISPATCHED");
    await open(dispatcher, ticket);
    await shows(dispatcher, "待签收");
    await told(dispatcher, "云州市水务局");
    await told(dispatcher, "依据：派单目录");
  });
}

async function sign(life) {
  await open(life.officer, life.ticket);
  await choose(life.officer, "签收");
  await send(life.officer);
  await shows(life.officer, "办理中");
}

async function returned(life) {
  const { officer, dispatcher, supervisor, ticket } = life;
  await test("TKT-4 SLA-10 the unit signs for it: the clock of the reply begins", async () => {
    await sign(life);
    await told(officer, "签收");
    await ticketWhere(ticket.ticketId, (now) => now.limits?.some((l) => l.step === "reply" && l.dueTime));
    await officer.reload();
    await officer.locator(".ticket-head .limit", { hasText: "答复" }).waitFor();
  });
  await test("TKT-7 the unit returns it with its reason, and the dispatcher takes it back", async () => {
    await choose(officer, "申请退单");
    await field(officer, "退单理由").fill("该井盖属市政道路,不归水务管理。");
    await send(officer);
    await shows(officer, "退单待审");
    await open(dispatcher, ticket);
    await choose(dispatcher, "退单审核");
    await field(dispatcher, "审核意见").fill("理由成立,重新派单。");
    await send(dispatcher);
    await shows(dispatcher, "待派单");
    await told(dispatcher, "该井盖属市政道路");
    await told(dispatcher, "理由成立");
  });
  await test("TKT-7 returned once more it goes to arbitration, and the unit that is named cannot return it", async () => {
    await choose(dispatcher, "派单");
    await pickUnit(dispatcher, "主办单位", "云州市水务局");
    await send(dispatcher);
    await shows(dispatcher, "待签收");
    await sign(life);
    await choose(officer, "申请退单");
    await field(officer, "退单理由").fill("仍应由城管部门办理。");
    await send(officer);
    await shows(officer, "争议仲裁");
    await open(supervisor, ticket);
    await choose(supervisor, "裁定单位");
    await pickUnit(supervisor, "主办单位", "云州市水务局");
    await field(supervisor, "理由").fill("雨水井由水务局管护,裁定由其办理。");
    await picture(supervisor, "life-arbitrate");
    await send(supervisor);
    await shows(supervisor, "待签收");
    await told(supervisor, "裁定单位");
    await supervisor.locator(".ticket-head .tag", { hasText: "不得退单" }).waitFor();
    await sign(life);
    assert.equal(await officer.locator(".actions .ant-segmented-item", { hasText: "申请退单" }).count(), 0);
  });
}

async function extended(life) {
  const { officer, supervisor, ticket } = life;
  await test("TKT-8 SLA-9 more time is asked for before the limit, granted, and the clock moves", async () => {
    const before = (await ticketWhere(ticket.ticketId, (now) => now.limits?.some((l) => l.step === "reply"))).limits.find((l) => l.step === "reply").dueTime;
    // In the city's time, as the browser has it.
    const promised = new Date(Date.parse(before) + 3_600_000 + 8 * 3_600_000).toISOString().slice(0, 16);
    await choose(officer, "申请延期");
    await field(officer, "承诺办结时间").fill(promised);
    await field(officer, "延期理由").fill("需定制井盖。");
    await send(officer);
    await officer.locator(".ticket-head .tag", { hasText: "申请延期至" }).waitFor();
    await supervisor.goto("/supervision");
    await supervisor.locator(".ant-segmented-item", { hasText: "延期审批" }).click();
    await supervisor.locator("[role=row]", { hasText: TITLE }).getByRole("button", { name: /办理/ }).click();
    await supervisor.locator(`form.command[aria-label="延期审批"]`).waitFor();
    await picture(supervisor, "life-extension");
    await send(supervisor, "同意延期");
    await ticketWhere(ticket.ticketId, (now) => now.extensionCount === 1 && now.limits.some((l) => l.step === "reply" && Date.parse(l.dueTime) > Date.parse(before)));
    await open(officer, ticket);
    await told(officer, "延期审批");
    await officer.locator(".notice-list li", { hasText: "延期" }).first().waitFor();
  });
}

async function supervised(life) {
  const { supervisor, officer, ticket } = life;
  await test("SLA-7 the supervision desk shows the light of its clock, with the time left in the city's words", async () => {
    await supervisor.goto("/supervision");
    await supervisor.locator(".tile-name", { hasText: /^答复$/ }).click();
    const row = supervisor.locator("[role=row]", { hasText: TITLE }).first();
    await row.waitFor();
    assert.match(await row.locator(".limit").innerText(), /答复 剩余 .*(工作日|小时|分钟|天)/);
    assert.match(await row.locator(".limit").getAttribute("class"), /limit-green/);
    await picture(supervisor, "life-clocks");
    // The same words on the ticket's page: a working day is no day of the wall's clock.
    const words = /剩余 \d+ 个工作日/.exec(await row.locator(".limit").innerText())?.[0];
    assert.ok(words, "the answer's limit counts working days");
    // At some hours the time to return it has as many days left.
    await officer.locator(".ticket-head .limit", { hasText: `答复 ${words}` }).waitFor();
  });
  await test("SLA-8 it is put under supervision from there, with a measure and its notice", async () => {
    const row = supervisor.locator("[role=row]", { hasText: TITLE }).first();
    await row.locator(".ant-checkbox-wrapper").click();
    await supervisor.getByRole("button", { name: /批量催办/ }).click();
    const dialog = supervisor.locator(".ant-modal");
    await dialog.locator(".ant-select").click();
    await supervisor.locator(".ant-select-item-option", { hasText: "督办令" }).click();
    await dialog.locator("textarea").fill("请于今日内设置围挡。");
    await dialog.getByRole("button", { name: /发\s*出/ }).click();
    await dialog.waitFor({ state: "detached" });
    await open(supervisor, ticket);
    await supervisor.locator(".ticket-head .tag", { hasText: "督办令" }).waitFor();
    await told(supervisor, "请于今日内设置围挡");
  });
  await test("TKT-14 a supervision order is made from its template, kept with its number, and downloaded as PDF", async () => {
    await supervisor.getByRole("region", { name: "文书" }).getByRole("button", { name: "制作文书" }).click();
    const dialog = supervisor.locator(".ant-modal");
    await dialog.locator(".ant-select").click();
    await supervisor.locator(".ant-select-item-option", { hasText: "督办单" }).click();
    for (const box of await dialog.locator("textarea, .field input:not([type=search])").all()) await box.fill("请于三日内办结并书面反馈。");
    await picture(supervisor, "life-document");
    await dialog.getByRole("button", { name: /预\s*览/ }).click();
    await supervisor.locator("iframe.pdf").waitFor();
    await picture(supervisor, "life-preview");
    await supervisor.locator(".ant-modal", { has: supervisor.locator("iframe.pdf") }).getByRole("button", { name: /关\s*闭/ }).last().click();
    await dialog.getByRole("button", { name: /制\s*作/ }).last().click();
    const made = supervisor.getByRole("region", { name: "文书" }).locator(".file-list li").first();
    await made.waitFor();
    const [file] = await Promise.all([supervisor.waitForEvent("download"), made.getByRole("button").first().click()]);
    const bytes = readFileSync(await file.path());
    assert.equal(bytes.subarray(0, 5).toString(), "%PDF-");
    assert.match(file.suggestedFilename(), /督办单.*\.pdf$/);
    return `${file.suggestedFilename()}, ${bytes.length} bytes`;
  });
}

async function merged(life) {
  const { dispatcher, ticket } = life;
  await test("TKT-11 STD-7 the same matter of another caller is merged into it, and each page shows the other", async () => {
    const { ticket: other } = await (await as("agent3")).post("/v1/tickets", {
      ticket: { type: "TICKET_TYPE_HELP", channel: "CHANNEL_PHONE", title: TITLE, content: "井盖坏了", categoryId: "water.flood", caller: { phone: "13900003002" } }, requestId: crypto.randomUUID(),
    });
    life.member = other;
    await open(dispatcher, other);
    await dispatcher.getByRole("region", { name: "关联与并案" }).getByRole("button", { name: "查找同类工单" }).click();
    await dispatcher.getByRole("region", { name: "关联与并案" }).locator(`a[href="/tickets/${ticket.ticketId}"]`).waitFor();
    await choose(dispatcher, "并案");
    await field(dispatcher, "并案主单").fill(ticket.number);
    await field(dispatcher, "理由").fill("同一井盖。");
    await send(dispatcher);
    await shows(dispatcher, "已并案");
    await dispatcher.getByRole("region", { name: "关联与并案" }).locator("li", { hasText: "并案主单" }).locator(`a[href="/tickets/${ticket.ticketId}"]`).waitFor();
    await picture(dispatcher, "life-merged");
  });
}

async function replied(life) {
  const { officer, dispatcher, ticket } = life;
  await test("TKT-2 a picture is attached by choosing it and a text by dropping it; other kinds are refused by name and by content", async () => {
    await open(officer, ticket);
    const files = officer.getByRole("region", { name: "附件" });
    await files.locator("input[type=file]").setInputFiles([{ name: "现场.png", mimeType: "image/png", buffer: PNG }, { name: "脚本.exe", mimeType: "application/octet-stream", buffer: Buffer.from("MZ") }]);
    await files.locator(".file-list li", { hasText: "脚本.exe" }).getByText("不支持这种文件").waitFor();
    const kept = files.getByRole("button", { name: "下载：现场.png" });
    await kept.waitFor();
    const [file] = await Promise.all([officer.waitForEvent("download"), kept.click()]);
    assert.deepEqual(readFileSync(await file.path()), PNG);
    await files.locator("input[type=file]").setInputFiles({ name: "伪装.png", mimeType: "image/png", buffer: Buffer.from("这不是图片") });
    await files.locator(".file-list li", { hasText: "伪装.png" }).getByText("文件内容与类型不符").waitFor();
    const dropped = await officer.evaluateHandle(() => {
      const data = new DataTransfer();
      data.items.add(new File(["现场说明"], "说明.txt", { type: "text/plain" }));
      return data;
    });
    await files.locator(".drop-zone").dispatchEvent("drop", { dataTransfer: dropped });
    await files.getByRole("button", { name: "下载：说明.txt" }).waitFor();
    await picture(officer, "life-attachments");
  });
  await test("TKT-9 the unit replies with evidence chosen among the attachments", async () => {
    await choose(officer, "答复");
    await field(officer, "答复内容").fill("已到现场。");
    await command(officer).locator(".file-list .ant-checkbox-wrapper", { hasText: "现场.png" }).click();
    await picture(officer, "life-reply");
    await send(officer);
    await shows(officer, "待审核");
    const now = await ticketWhere(ticket.ticketId, (one) => one.state === "TICKET_STATE_REPLIED");
    assert.equal(now.attachmentIds.length, 1);
    await officer.getByRole("region", { name: "附件" }).locator("li", { hasText: "现场.png" }).locator(".tag", { hasText: "佐证" }).waitFor();
  });
  await test("TKT-9 an evasive reply goes back with the reviewer's note, and a whole one is accepted", async () => {
    await open(dispatcher, ticket);
    await choose(dispatcher, "审核答复");
    await field(dispatcher, "审核意见").fill("未说明处理结果。");
    await send(dispatcher, "退回重办");
    await shows(dispatcher, "办理中");
    await told(dispatcher, "未说明处理结果");
    await open(officer, ticket);
    await choose(officer, "答复");
    await field(officer, "答复内容").fill("市水务局已于当日更换井盖并恢复路面,经现场复核正常。");
    await send(officer);
    await shows(officer, "待审核");
    await open(dispatcher, ticket);
    await choose(dispatcher, "审核答复");
    await send(dispatcher, "通过");
    await shows(dispatcher, "待回访");
  });
  await test("TKT-11 the merged matter follows its group case: its own caller is told the result and called back", async () => {
    await ticketWhere(life.member.ticketId, (now) => now.state === "TICKET_STATE_CALLBACK");
    await open(dispatcher, life.member);
    await shows(dispatcher, "待回访");
    await told(dispatcher, "并案答复");
  });
}

async function closed(life) {
  const { agent, ticket } = life;
  await test("TKT-10 the caller is called back, and a solved matter is closed", async () => {
    await open(agent, ticket);
    await agent.locator(".ant-segmented-item", { hasText: "已解决" }).click();
    await agent.getByTitle("满意", { exact: true }).first().click();
    await agent.keyboard.press("Control+Enter");
    await shows(agent, "已办结");
    await told(agent, "回访");
  });
  await test("STD-8 TKT-4 it is rated and archived, and its whole history stands on its page", async () => {
    await choose(agent, "登记评价");
    await pick(agent, "评价", "非常满意");
    await send(agent);
    await agent.locator(".facts div", { hasText: "评价" }).getByText("非常满意").waitFor();
    await choose(agent, "归档");
    await send(agent);
    await shows(agent, "已归档");
    await told(agent, "归档");
    const steps = await agent.locator(".timeline li b").allInnerTexts();
    for (const step of ["受理登记", "派单", "签收", "退单", "退单审核", "裁定单位", "申请延期", "延期审批", "督办", "答复", "审核", "回访", "办结", "诉求人评价", "归档"])
      assert.ok(steps.some((one) => one.startsWith(step)), `${step} in ${steps.join(" | ")}`);
    assert.ok(!steps.some((one) => /其他变更|[a-z]{3,}/.test(one)), `every entry in words: ${steps.join(" | ")}`);
    await picture(agent, "life-archived");
    return `${steps.length} entries`;
  });
  await test("TKT-16 a supervisor has the history checked and is told that nothing was changed", async () => {
    const { supervisor } = life;
    await open(supervisor, ticket);
    await supervisor.getByRole("button", { name: "核对完整性" }).click();
    await supervisor.getByText(/\d+ 条记录完整无改动/).waitFor();
  });
}

export async function life(loop) {
  await intake(loop);
  const people = { agent: "agent1", dispatcher: "dispatcher1", officer: "unitlead.water", supervisor: "supervisor1" };
  const pages = Object.fromEntries(await Promise.all(Object.entries(people).map(async ([name, user]) => [name, await signedIn(loop.chrome, user)])));
  const whole = { loop, ...pages };
  for (const step of [registered, dispatched, returned, extended, supervised, merged, replied, closed]) await step(whole);
  await test("the pages of a ticket's life had no script error", async () => assert.deepEqual(Object.values(pages).flatMap((page) => page.faults), []));
  for (const page of Object.values(pages)) await page.context().close();
}
