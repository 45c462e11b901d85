// Pictures of the screens for people to look at: only where SCREENSHOTS names a directory.
import { configurationScreens } from "./configuration_screens.mjs";
import { as, base, picture, signedIn, signins } from "./harness.mjs";
import { workScreens } from "./screens_work.mjs";

const VIEW = { width: 1600, height: 900 };
const SCREENS = { supervisor1: ["tickets", "lead", "figures"], editor1: ["knowledge"], admin: ["admin", "admin/queues", "admin/flows"], entry1: ["entry"], "officer.water": ["inbox"] };

export async function screens(loop) {
  if (!process.env.SCREENSHOTS) return;
  const context = await loop.chrome.newContext({ viewport: VIEW, locale: "zh-CN", baseURL: base });
  const door = await context.newPage();
  await door.goto("/sign-in");
  await door.locator("input[autocomplete=username]").waitFor();
  await picture(door, "sign-in");
  await door.goto("/docs");
  await door.waitForLoadState("networkidle");
  await picture(door, "docs");
  await context.close();
  for (const [user, paths] of Object.entries(SCREENS)) {
    if (!signins[user]) continue;
    const page = await signedIn(loop.chrome, user, VIEW);
    for (const path of paths) {
      await page.goto(`/${path}`);
      await page.waitForLoadState("networkidle").catch(() => undefined);
      await page.locator("h1").first().waitFor();
      await picture(page, path.replace("/", "-"));
    }
    await page.context().close();
  }
  const agent = await signedIn(loop.chrome, "agent4", VIEW);
  await agent.goto("/desk");
  await agent.getByText("English", { exact: true }).click();
  await agent.getByText("中文", { exact: true }).waitFor();
  await picture(agent, "desk-en");
  const { tickets } = await (await as("supervisor1")).get("/v1/tickets?pageSize=1");
  await agent.goto(`/tickets/${tickets[0].ticketId}`);
  await agent.locator(".timeline li").first().waitFor();
  await picture(agent, "ticket-en");
  await agent.context().close();
  await configurationScreens(loop);
  await workScreens(loop);
}
