// Tickets in and out as tables on the screens (TKT-18): the template, a file with a wrong row, its report mended and sent again,
// and the list as it is filtered as a file.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { as, picture, signedIn, test, waitFor } from "./harness.mjs";

const RUN = Date.now().toString(36);
const MARK = `雨棚滴水${RUN}`;
const FILE = `来信-${RUN}.csv`;
const MENDED = `来信改-${RUN}.csv`;
const downloaded = async (page, click) => {
  const [file] = await Promise.all([page.waitForEvent("download"), click()]);
  return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) };
};
const lines = (bytes) => bytes.toString("utf8").replace(/^\ufeff/, "").trim().split(/\r?\n/);
const put = (page, name, rows) =>
  page.locator("input[type=file]").setInputFiles({ name, mimeType: "text/csv", buffer: Buffer.from(`\ufeff${rows.join("\r\n")}\r\n`) });
const row = (page, name) => page.locator("[role=row]", { hasText: name });
const cells = async (page, name) => (await row(page, name).first().locator("[role=cell]").allInnerTexts()).map((text) => text.trim());

async function importing(loop, page) {
  let titles = [];
  await test("TKT-18 the template is downloaded from the import screen", async () => {
    await page.goto("/exchange");
    const file = await downloaded(page, () => page.getByRole("button", { name: "逗号分隔表格", exact: true }).click());
    assert.match(file.name, /\.csv$/);
    titles = lines(file.bytes)[0].split(",").map((title) => title.replace(/^"|"$/g, ""));
    for (const title of ["外部编号", "诉求类型", "标题"]) assert.ok(titles.includes(title), `${title} in ${titles}`);
  });
  const line = (values) => titles.map((title) => values[title] ?? "").join(",");
  await test("TKT-18 a table is imported with progress, and the wrong row comes back with what is wrong", async () => {
    const make = (id, type) => line({ 外部编号: id, 诉求类型: type, 来源渠道: "来信", 标题: `${MARK} ${id}`, 内容: "阳台雨棚夜间滴水扰民。" });
    await put(page, FILE, [titles.join(","), make(`${RUN}-1`, "投诉"), make(`${RUN}-2`, "求助"), make(`${RUN}-3`, "不知道")]);
    await row(page, FILE).locator(".tag", { hasText: "已完成" }).waitFor();
    assert.deepEqual((await cells(page, FILE)).slice(2, 6), ["3", "2", "0", "1"]);
    await picture(page, "exchange");
    const report = await downloaded(page, () => row(page, FILE).getByRole("button", { name: /下载 逗号分隔表格/ }).click());
    const rows = lines(report.bytes);
    assert.equal(rows.length, 2);
    assert.ok(rows[1].includes(`${RUN}-3`), rows[1]);
    loop.mended = rows.map((one) => one.replace("不知道", "求助"));
  });
  await test("TKT-18 the mended report is sent as it is, and registers what was refused", async () => {
    await put(page, MENDED, loop.mended);
    await row(page, MENDED).locator(".tag", { hasText: "已完成" }).waitFor();
    assert.deepEqual((await cells(page, MENDED)).slice(2, 6), ["1", "1", "0", "0"]);
    const api = await as("supervisor1");
    const found = await waitFor("the tickets", async () => {
      const { tickets } = await api.get(`/v1/tickets?query=${encodeURIComponent(MARK)}`);
      return tickets?.length === 3 ? tickets : null;
    });
    assert.deepEqual(found.map((one) => one.channel), Array(3).fill("CHANNEL_LETTER"));
  });
  await test("TKT-18 what is no table, or empty, is refused before it is sent", async () => {
    await page.locator("input[type=file]").setInputFiles({ name: "信.doc", mimeType: "application/msword", buffer: Buffer.from("x") });
    await page.getByRole("alert").filter({ hasText: "请选择逗号分隔表格或电子表格" }).waitFor();
  });
}

async function exporting(page) {
  for (const [format, name] of [["csv", "逗号分隔表格"], ["xlsx", "电子表格"]])
    await test(`TKT-18 PLT-5 the list as it is filtered is exported as ${format}, with a reason`, async () => {
      await page.goto(`/tickets?q=${encodeURIComponent(MARK)}`);
      await page.locator("[role=row]", { hasText: MARK }).first().waitFor();
      await page.getByRole("button", { name: /导\s*出/ }).click();
      const dialog = page.locator(".ant-modal");
      await dialog.getByText(name, { exact: true }).click();
      const go = dialog.locator(".ant-modal-footer .ant-btn-primary");
      assert.ok(await go.isDisabled(), "no reason, no export");
      await dialog.getByLabel("导出原因").fill("月度分析");
      const file = await downloaded(page, () => go.click());
      assert.match(file.name, new RegExp(`\\.${format}$`));
      if (format === "csv") {
        const rows = lines(file.bytes).filter((one) => one.includes(MARK));
        assert.equal(rows.length, 3);
      } else assert.equal(file.bytes.subarray(0, 2).toString(), "PK");
      return `${file.name}, ${file.bytes.length} bytes`;
    });
}

export async function tables(loop) {
  const clerk = await signedIn(loop.chrome, "entry1");
  await importing(loop, clerk);
  const dispatcher = await signedIn(loop.chrome, "dispatcher1");
  await exporting(dispatcher);
  await test("the pages of tables had no script error", async () => assert.deepEqual([...clerk.faults, ...dispatcher.faults], []));
  await clerk.context().close();
  await dispatcher.context().close();
}
