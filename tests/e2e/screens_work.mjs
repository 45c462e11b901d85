// Pictures of the working screens of tickets, in both sizes and languages.
import { as, picture, settled, signedIn, signins } from "./harness.mjs";

const SIZES = [{ width: 1366, height: 768 }, { width: 1920, height: 1080 }];
const LANGUAGES = ["zh-CN", "en"];

// A desk in the middle of a matter.
async function desk(page) {
  await page.locator("form.ticket-form").waitFor();
  await page.locator("[data-part='2'] .ant-segmented-item").nth(2).click();
  await page.locator("input[maxlength='100']").first().fill("滨河路26号院雨水井盖破损");
  await page.keyboard.press("Alt+3");
  await page.keyboard.type("井盖碎裂,晚上行人容易掉下去。");
  await page.keyboard.press("Alt+4");
  await page.keyboard.type("积水内涝");
  await page.keyboard.press("Enter");
  await page.locator(".draft-suggestions .suggestion").first().waitFor();
  await page.keyboard.press("Alt+U");
}
async function deskMap(page) {
  await page.keyboard.press("Alt+M");
  await page.locator(".place-map").waitFor();
  await page.keyboard.press("Enter");
  await page.locator(".map-pin").waitFor();
  await page.locator(".place-map").scrollIntoViewIfNeeded();
}
const ticketMap = (page) => page.locator(".map-row button").click().then(() => page.locator(".map-pin").waitFor());
const answering = (page) => page.locator("[data-part='2'] .ant-segmented-item").nth(0).click();
const exportDialog = (page) => page.locator(".filters button").last().click();
const documentDialog = (page) => page.locator(".belongings section").nth(1).locator("button").last().click();
const history = (page) => page.locator(".timeline").scrollIntoViewIfNeeded();

// The tickets of the busiest pages: one that went through most steps, and one in a unit's hands.
async function subjects() {
  const api = await as("supervisor1");
  const lead = await as("unitlead.water"); // sees the unit's own alone
  const of = async (state, by = api) => (await by.get(`/v1/tickets?states=TICKET_STATE_${state}&pageSize=5`)).tickets?.[0]?.ticketId;
  const placed = (await api.get("/v1/tickets?pageSize=100")).tickets?.find((ticket) => ticket.longitude)?.ticketId;
  return { placed, archived: (await of("ARCHIVED")) ?? (await of("CLOSED")), inHand: (await of("SIGNED", lead)) ?? (await of("DISPATCHED", lead)) };
}

async function shoot(chrome, size, language, found) {
  const views = {
    agent2: [["desk", "desk", desk], ["desk", "desk-map", deskMap], ["desk", "desk-consultation", answering], [`tickets/${found.placed}`, "ticket-map", ticketMap], [`tickets/${found.archived}`, "ticket-archived"], [`tickets/${found.archived}`, "ticket-history", history]],
    dispatcher1: [["sorting", "sorting"]],
    supervisor1: [["supervision", "supervision"], ["exchange", "exchange"], ["tickets", "tickets"], ["tickets", "tickets-export", exportDialog], [`tickets/${found.inHand}`, "ticket-document", documentDialog], ["callbacks", "callbacks"]],
    entry1: [["entry", "entry"]],
    "unitlead.water": [["inbox", "inbox"], [`tickets/${found.inHand}`, "ticket-unit"]],
  };
  for (const [user, list] of Object.entries(views)) {
    if (!signins[user]) continue;
    const page = await signedIn(chrome, user, size);
    await page.evaluate((to) => localStorage.setItem("hotline.language", to), language);
    for (const [path, name, act] of list) {
      if (path.endsWith("/undefined")) continue; // no such ticket was made
      await page.goto(`/${path}`);
      await page.locator("h1").first().waitFor({ state: "attached" });
      await settled(page);
      await act?.(page);
      await settled(page);
      await picture(page, `work-${name}-${size.width}-${language}`);
    }
    await page.context().close();
  }
}

export async function workScreens(loop) {
  if (!process.env.SCREENSHOTS) return;
  const found = await subjects();
  for (const size of SIZES) for (const language of LANGUAGES) await shoot(loop.chrome, size, language, found);
}
