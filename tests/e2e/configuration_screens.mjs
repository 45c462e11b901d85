// Pictures of the configuration screens in both sizes and languages, each with something in hand.
import { as, picture, settled, signedIn } from "./harness.mjs";

const SIZES = [{ width: 1366, height: 768 }, { width: 1920, height: 1080 }];
const PARTS = ["catalogue", "categories", "scripts", "forms", "policies", "calendar", "templates", "callers"];

// What is opened on a part before its picture, beside the part as it comes.
const CLOSER = {
  catalogue: async (page) => {
    await page.keyboard.press("n");
    await page.getByRole("dialog").waitFor();
  },
  forms: async (page) => page.locator(".rows-editor button").last().click(),
  policies: async (page) => {
    await page.locator(".ant-segmented-item").filter({ hasText: /办理答复|Handle and reply/ }).click();
    await page.locator(".rule-summary").nth(1).click();
  },
  calendar: async (page) => {
    await page.getByRole("button", { name: /下一年|Year after/ }).click();
    await page.locator(".ant-alert-warning").waitFor();
    await page.locator("[data-day$='-01-04']").click();
    await page.locator("aside form button").last().click();
    await page.getByRole("button", { name: /预览影响|Preview effect/ }).click();
    await page.locator(".figures-row").waitFor();
  },
  templates: async (page) => {
    await page.locator(".pdf-pane form input").first().fill((await (await as("supervisor1")).get("/v1/tickets?pageSize=1")).tickets[0].number);
    await page.locator(".pdf-pane form input").first().press("Enter");
    await page.locator(".pdf-pane iframe").waitFor();
    await page.locator(".versions button").last().click({ timeout: 2_000 }).catch(() => undefined); // one that was put before
  },
  callers: async (page) => page.locator(".ant-segmented-item").filter({ hasText: /查看记录|Looks at data/ }).click(),
};

export async function configurationScreens(loop) {
  for (const size of SIZES) {
    for (const language of ["zh-CN", "en"]) {
      const page = await signedIn(loop.chrome, "admin", size);
      await page.evaluate((chosen) => localStorage.setItem("hotline.language", chosen), language);
      for (const part of PARTS) {
        const name = `configuration-${part}-${size.width}-${language === "en" ? "en" : "zh"}`;
        await page.goto(`/configuration/${part}`);
        await page.locator(".configuration .main-part, .configuration .column").first().waitFor();
        await settled(page);
        await picture(page, name);
        if (!CLOSER[part]) continue;
        await CLOSER[part](page);
        await settled(page);
        await picture(page, `${name}-open`);
      }
      await page.context().close();
    }
  }
}
