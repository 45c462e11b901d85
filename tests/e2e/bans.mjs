// A caller who comes again and again without reason (TKT-11): banned and let in again by dialogs after a review, and shown as such at
// the desk as soon as the number is known.
import assert from "node:assert/strict";
import { as, picture, settled, signedIn, test } from "./harness.mjs";
import { choose } from "./ticket_page.mjs";

const DAY_MS = 86_400_000;
const dateIn = (days) => new Date(Date.now() + 8 * 3_600_000 + days * DAY_MS).toISOString().slice(0, 10); // in the city's time
// A number of its own for each run, so that the test can be repeated.
const phone = `137${String(Date.now()).slice(-8)}`;

// A ticket of the caller whose repeat was confirmed by review.
async function confirmedRepeat() {
  const agent = await as("agent2");
  const { ticket } = await agent.post("/v1/tickets", { ticket: { type: "TICKET_TYPE_COMPLAINT", channel: "CHANNEL_PHONE", title: "反复反映同一已办结事项", caller: { phone } }, requestId: crypto.randomUUID() });
  await agent.post(`/v1/tickets/${ticket.ticketId}:markRepeat`, { reason: "一周内第六次反映，均已答复" });
  await (await as("supervisor1")).post(`/v1/tickets/${ticket.ticketId}:reviewRepeat`, { confirmed: true, note: "属不合理重复诉求" });
  return ticket;
}

const dialog = (page) => page.getByRole("dialog");
const row = (page, reason) => page.locator("[role=row]", { hasText: reason });

async function openBans(page) {
  await page.goto("/configuration/callers");
  await page.locator(".ant-segmented-item", { hasText: "暂停服务" }).click();
  await page.locator("[role=table], .nothing").first().waitFor();
}

async function setBan(page, ticket) {
  await test("TKT-11 a ban is set by its dialog, refused at the field where the time is wrong, and only after a review", async () => {
    await openBans(page);
    await page.getByRole("button", { name: "暂停服务" }).first().click();
    await dialog(page).getByLabel(/工单/).fill(ticket.number);
    await dialog(page).getByLabel(/截止/).fill(dateIn(500));
    await dialog(page).getByLabel(/理由/).fill("经督查审核属恶意重复来电");
    const button = dialog(page).locator(".ant-btn-dangerous");
    await button.click();
    await dialog(page).locator(".field", { hasText: "截止" }).locator(".field-error").waitFor(); // a year at most
    await picture(page, "bans-refused");
    await dialog(page).getByLabel(/截止/).fill(dateIn(30));
    await button.click();
    await dialog(page).waitFor({ state: "detached" });
    await row(page, "经督查审核属恶意重复来电").first().waitFor();
    await page.getByLabel("联系电话").fill(phone);
    await row(page, "经督查审核属恶意重复来电").getByRole("link", { name: ticket.number }).waitFor();
    await picture(page, "bans");
    const { bans } = await (await as("supervisor1")).get(`/v1/callerBans?phone=${phone}&activeOnly=true`);
    assert.equal(bans.length, 1);
    assert.equal(bans[0].untilTime.slice(0, 10), dateIn(30));
    page.ban = bans[0];
    const other = (await (await as("agent2")).post("/v1/tickets", { ticket: { type: "TICKET_TYPE_HELP", channel: "CHANNEL_PHONE", title: "路灯不亮", caller: { phone } }, requestId: crypto.randomUUID() })).ticket;
    await page.getByRole("button", { name: "暂停服务" }).first().click();
    await dialog(page).getByLabel(/工单/).fill(other.number);
    await dialog(page).getByLabel(/截止/).fill(dateIn(30));
    await dialog(page).getByLabel(/理由/).fill("未经审核");
    await dialog(page).locator(".ant-btn-dangerous").click();
    await dialog(page).locator(".ant-alert-error, .problem").first().waitFor();
    await page.keyboard.press("Escape");
    await dialog(page).waitFor({ state: "detached" });
  });
}

async function typePhone(agent) {
  await agent.goto("/desk");
  await agent.locator("form.ticket-form").waitFor();
  await agent.keyboard.press("Alt+6");
  await agent.keyboard.press("Tab");
  await agent.keyboard.type(phone);
  await agent.locator(".history li").first().waitFor();
}

const alert = (agent) => agent.locator("form.ticket-form [role=alert]", { hasText: "暂停服务" });

async function seenAtTheDesk(agent) {
  await test("TKT-11 TKT-17 the desk says that a caller is banned, until when and why, once the number is known", async () => {
    await typePhone(agent);
    await alert(agent).getByText(dateIn(30)).waitFor();
    await alert(agent).getByText("经督查审核属恶意重复来电").waitFor();
    await picture(agent, "desk-banned");
    // Whoever else calls is not.
    await agent.getByLabel("联系电话").fill("13800001111");
    await alert(agent).waitFor({ state: "detached" });
    await agent.getByLabel("联系电话").fill(phone);
    await alert(agent).waitFor();
  });
}

const SIZES = [{ width: 1366, height: 768 }, { width: 1920, height: 1080 }];
const LANGUAGES = { "zh-CN": { mark: "标记重复诉求", review: "重复诉求审核" }, en: { mark: "Mark as repeat", review: "Review repeat" } };

async function dialogsIn(page, shot) {
  await page.goto("/configuration/callers");
  await page.locator(".ant-segmented-item", { hasText: /^(暂停服务|Bans)$/ }).click();
  await page.locator("[role=row] button").first().waitFor();
  await shot("list");
  await page.locator(".main-part .filters .ant-btn-primary").click();
  await dialog(page).waitFor();
  await shot("new");
  const fields = dialog(page).locator("input, textarea");
  await fields.nth(0).fill("no such ticket");
  await fields.nth(1).fill(dateIn(500));
  await fields.nth(2).fill("经督查审核属恶意重复来电，一周内以不同号码来电三十余次，多次辱骂接线员。");
  await dialog(page).locator(".ant-btn-dangerous").click();
  await dialog(page).locator(".field-error, .ant-alert-error").first().waitFor();
  await shot("new-refused");
  await page.keyboard.press("Escape");
  await dialog(page).waitFor({ state: "detached" });
  await page.locator("[role=row] button").first().click();
  await dialog(page).locator("textarea").fill("当事人已书面保证");
  await shot("lift");
}

// Dialogs and forms about repeats and bans for people to look at, in both sizes and languages.
async function pictures(chrome) {
  if (!process.env.SCREENSHOTS) return;
  const matter = { type: "TICKET_TYPE_COMPLAINT", channel: "CHANNEL_PHONE", title: "又反映同一已办结事项", caller: { phone } };
  const made = async () => (await (await as("agent2")).post("/v1/tickets", { ticket: matter, requestId: crypto.randomUUID() })).ticket.ticketId;
  const subjects = { mark: await made(), review: await made() };
  await (await as("agent2")).post(`/v1/tickets/${subjects.review}:markRepeat`, { reason: "一周内第七次反映，均已答复" });
  for (const size of SIZES) {
    for (const [language, names] of Object.entries(LANGUAGES)) {
      const page = await signedIn(chrome, "supervisor1", size);
      await page.evaluate((to) => localStorage.setItem("hotline.language", to), language);
      const shot = async (name) => {
        await settled(page);
        await picture(page, `bans-${name}-${size.width}-${language}`);
      };
      await dialogsIn(page, shot);
      for (const [name, action] of Object.entries(names)) {
        await page.goto(`/tickets/${subjects[name]}`);
        await page.locator(".timeline li").first().waitFor();
        await choose(page, action);
        await shot(name);
      }
      await page.context().close();
    }
  }
}

async function lift(page, agent) {
  await test("TKT-11 a ban is lifted by its dialog with a reason, and the desk shows none any more", async () => {
    await openBans(page);
    await page.getByLabel("联系电话").fill(phone);
    await row(page, "经督查审核属恶意重复来电").getByRole("button", { name: "解除" }).first().click();
    const confirm = dialog(page).locator(".ant-btn-primary");
    assert.equal(await confirm.isDisabled(), true, "a reason is needed");
    await dialog(page).getByLabel(/理由/).fill("当事人已书面保证");
    await picture(page, "bans-lift");
    await confirm.click();
    await dialog(page).waitFor({ state: "detached" });
    await row(page, "经督查审核属恶意重复来电").waitFor({ state: "detached" }); // only those in force are shown
    await page.getByLabel("仅看生效中").uncheck();
    await row(page, "当事人已书面保证").first().waitFor();
    const history = (await (await as("supervisor1")).get(`/v1/tickets/${page.ban.ticketId}/history?pageSize=100`)).entries;
    assert.deepEqual(history.slice(-2).map((one) => one.action), ["ban_put", "ban_lifted"]);
    await typePhone(agent);
    assert.equal(await alert(agent).count(), 0);
  });
}

export async function bans(loop) {
  const ticket = await confirmedRepeat();
  const page = await signedIn(loop.chrome, "supervisor1");
  const agent = await signedIn(loop.chrome, "agent2");
  await setBan(page, ticket);
  await seenAtTheDesk(agent);
  await pictures(loop.chrome);
  await lift(page, agent);
  await test("the bans' pages had no script error", async () => assert.deepEqual([...page.faults, ...agent.faults], []));
  await page.context().close();
  await agent.context().close();
}
