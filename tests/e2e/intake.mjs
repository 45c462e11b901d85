// Matters taken in at the desk: by the keyboard alone, with the fields of the type's form, with what came before shown, and to
// be answered later.
import assert from "node:assert/strict";
import { as, picture, signedIn, test, waitFor } from "./harness.mjs";

const TYPING_MS = 70; // between the keys of somebody who types all day
const KEYS_A_CHARACTER = 3; // of Chinese, by an input method
const LIMIT_S = 30;
const MOST_STEPS = 30; // chords and fields, not letters
const OWN_TYPE = "TICKET_TYPE_SUGGESTION"; // the type that gets a form of its own here

// Counts what a person does: a chord or a text is a step, and letters take their time.
class Typist {
  constructor(page) {
    this.page = page;
    this.steps = 0;
    this.keys = 0;
  }
  async press(chord) {
    this.steps += 1;
    this.keys += 1;
    await this.page.keyboard.press(chord, { delay: TYPING_MS });
  }
  async type(text) {
    this.steps += 1;
    for (const character of text) {
      const keys = /\p{Script=Han}/u.test(character) ? KEYS_A_CHARACTER : 1;
      this.keys += keys;
      await this.page.keyboard.type(character, { delay: keys * TYPING_MS });
    }
  }
}

const number = (page) => page.locator("[data-testid=acceptance-number]");

async function byKeysAlone(loop, page) {
  await test("TKT-2 TKT-6 a matter is registered and dispatched by the keyboard alone, in under 30 seconds", async () => {
    await page.goto("/desk");
    await page.locator("form.ticket-form").waitFor();
    const typist = new Typist(page);
    const began = Date.now();
    await typist.press("Alt+2");
    await typist.press("ArrowRight"); // help
    await typist.press("Tab");
    await typist.type("解放路88号门前水管漏水");
    await typist.press("Alt+3");
    await typist.type("今天早上开始漏水,流到人行道上,行人不便。");
    await typist.press("Alt+4");
    await typist.type("管道漏水");
    await typist.press("Enter");
    await typist.press("Alt+5");
    await typist.type("鼓楼");
    await typist.press("Enter");
    await typist.press("Tab");
    await typist.type("解放路88号");
    await typist.press("Alt+6");
    await typist.type("李女士");
    await typist.press("Tab");
    await typist.type("13800002001");
    await page.locator(".draft-suggestions .suggestion").first().waitFor(); // what the agent waits for to tell the caller
    await typist.press("Alt+U");
    await page.locator(".draft-suggestions [aria-pressed=true]").first().waitFor();
    await picture(page, "desk-keys");
    await typist.press("Alt+Enter");
    await number(page).waitFor();
    const seconds = (Date.now() - began) / 1000;
    assert.ok(typist.steps <= MOST_STEPS, `${typist.steps} steps`);
    assert.ok(typist.keys * TYPING_MS < LIMIT_S * 1000, `${typist.keys} keys`);
    const api = await as("supervisor1");
    const shown = (await number(page).innerText()).replace(/ /g, "");
    const kept = await waitFor("the ticket", async () => api.get(`/v1/tickets/${shown}`).catch(() => null));
    assert.deepEqual(
      [kept.type, kept.categoryId, kept.areaCode, kept.place, kept.state, kept.unitId],
      ["TICKET_TYPE_HELP", "water.leak", "990102", "解放路88号", "TICKET_STATE_DISPATCHED", "water-company"],
    );
    const history = (await api.get(`/v1/tickets/${kept.ticketId}/history`)).entries;
    assert.match(history.at(-1).changes.rule, /^catalogue/, "the suggestion that was followed");
    loop.byKeys = kept;
    await page.keyboard.press("Escape");
    return `${seconds.toFixed(1)} s for ${typist.steps} steps and ${typist.keys} keys`;
  });
}

async function cameBefore(loop, page) {
  await test("TKT-11 the desk shows what may be the same matter, and why", async () => {
    await page.goto("/desk");
    await page.locator("form.ticket-form").waitFor();
    await page.getByText("求助", { exact: true }).first().click();
    await page.locator("input[maxlength='100']").first().fill("解放路88号门前水管漏水");
    await page.keyboard.press("Alt+6");
    await page.keyboard.press("Tab");
    await page.keyboard.type("13800002001");
    const same = page.locator(".duplicates li", { has: page.locator(`a[href="/tickets/${loop.byKeys.ticketId}"]`) });
    await same.waitFor();
    await same.getByText(/同一|相同|来电|相似/).first().waitFor();
    await picture(page, "desk-duplicates");
    await page.getByRole("button", { name: "清空" }).click();
  });
}

async function moreThanUsual(page) {
  await test("TKT-1 TKT-2 nature, time and others concerned are registered with the matter", async () => {
    await page.goto("/desk");
    await page.locator("form.ticket-form").waitFor();
    await page.getByText("投诉", { exact: true }).first().click();
    await page.locator("input[maxlength='100']").first().fill("邻里因楼道堆物起争执");
    await page.locator(".segmented-nature, [aria-label=事项性质]").getByText("纠纷", { exact: true }).click();
    const yesterday = new Date(Date.now() - 86_400_000 + 8 * 3_600_000).toISOString().slice(0, 16); // in the city's time
    await page.getByLabel("发生时间").fill(yesterday);
    await page.getByRole("button", { name: "更多项目" }).click();
    await page.getByLabel("涉及人员").fill("二单元业主");
    await page.keyboard.press("Control+Enter");
    await number(page).waitFor();
    const kept = await (await as("supervisor1")).get(`/v1/tickets/${(await number(page).innerText()).replace(/ /g, "")}`);
    assert.deepEqual([kept.nature, kept.partiesConcerned], ["dispute", "二单元业主"]);
    assert.equal(new Date(Date.parse(kept.occurTime) + 8 * 3_600_000).toISOString().slice(0, 16), yesterday);
    await page.keyboard.press("Escape");
  });
}

// A form of this type with a choice that must be made, as an administrator configures it.
async function ownForm() {
  const api = await as("admin");
  const now = await api.get(`/v1/processes/${OWN_TYPE}`);
  if (now.fields?.some((f) => f.fieldId === "district_park")) return;
  const process = { ...now, fields: [{ fieldId: "district_park", name: "涉及公园", nameEn: "Park", kind: "FORM_FIELD_KIND_CHOICE", required: true, choices: ["人民公园", "滨河公园"] }] };
  delete process.etag;
  const draft = await api.get(`/v1/processes/${OWN_TYPE}?draft=true`);
  const kept = await api.call("PUT", `/v1/processes/${OWN_TYPE}`, { ...process, ...(draft.draft ? { etag: draft.etag } : {}) });
  await api.post(`/v1/processes/${OWN_TYPE}:publish`, { etag: kept.etag, note: "登记涉及的公园" });
}

async function fieldsOfTheType(page) {
  await test("PLT-6 the fields of the type's own form are asked for, and must be given where it says so", async () => {
    await ownForm();
    await page.goto("/desk");
    await page.locator("form.ticket-form").waitFor();
    await page.getByText("建议", { exact: true }).first().click();
    await page.locator("input[maxlength='100']").first().fill("建议公园增设座椅");
    const own = page.locator(".own-fields .field", { hasText: "涉及公园" });
    await own.waitFor();
    await page.keyboard.press("Control+Enter");
    await own.locator(".field-error", { hasText: "此项必填" }).waitFor();
    await own.locator(".ant-select").click();
    await page.locator(".ant-select-item-option", { hasText: "滨河公园" }).click();
    await picture(page, "desk-own-fields");
    await page.keyboard.press("Control+Enter");
    await number(page).waitFor();
    const kept = await (await as("supervisor1")).get(`/v1/tickets/${(await number(page).innerText()).replace(/ /g, "")}`);
    assert.equal(kept.extra.district_park, "滨河公园");
    await page.keyboard.press("Escape");
    await page.goto(`/tickets/${kept.ticketId}`);
    await page.locator(".facts div", { hasText: "涉及公园" }).getByText("滨河公园").waitFor();
  });
}

async function answeredLater(page) {
  await test("TKT-19 a consultation that cannot be answered now is taken down, and answered later", async () => {
    await page.goto("/desk");
    await page.locator("form.ticket-form").waitFor();
    await page.getByText("咨询", { exact: true }).first().click();
    await page.locator("input[maxlength='100']").first().fill("外地驾照换证要多久");
    await page.keyboard.press("Alt+Shift+Enter");
    await page.locator(".ant-modal .tag", { hasText: "待答复" }).waitFor();
    const shown = (await number(page).innerText()).replace(/ /g, "");
    await page.keyboard.press("Escape");
    const kept = await (await as("agent2")).get(`/v1/tickets/${shown}`);
    assert.equal(kept.state, "TICKET_STATE_ANSWER_LATER");
    await page.goto(`/tickets/${kept.ticketId}`);
    await page.locator(`form.command[aria-label="派单"], form.command[aria-label="答复咨询"]`).waitFor();
    await page.locator(".actions .ant-segmented-item", { hasText: "答复咨询" }).click();
    await page.locator("form.command textarea").first().fill("一般三个工作日内办结。");
    await page.locator("form.command .ant-checkbox-wrapper").click();
    await page.keyboard.press("Control+Enter");
    await page.locator(".ticket-head .tag", { hasText: "已办结" }).waitFor();
  });
}

export async function intake(loop) {
  const page = await signedIn(loop.chrome, "agent2");
  await byKeysAlone(loop, page);
  if (loop.byKeys) await cameBefore(loop, page);
  await moreThanUsual(page);
  await fieldsOfTheType(page);
  await answeredLater(page);
  await test("the desk's pages had no script error", async () => assert.deepEqual(page.faults, []));
  await page.context().close();
}
