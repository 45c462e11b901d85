// A ticket's page as people use it: choose an action, fill its form, send it by the key, and see where the ticket stands.
import { as, waitFor } from "./harness.mjs";

export const command = (page) => page.locator("form.command");

// Opens a ticket and waits until it is there.
export async function open(page, ticket) {
  await page.goto(`/tickets/${ticket.ticketId}`);
  await page.locator(".timeline li").first().waitFor();
}

// The form of an action, among the next steps or in the list behind them.
export async function choose(page, name) {
  await page.locator(".actions").first().waitFor();
  if ((await command(page).getAttribute("aria-label").catch(() => "")) === name) return;
  const tab = page.locator(".actions .ant-segmented-item", { hasText: new RegExp(`^${name}$`) });
  if (await tab.count()) await tab.first().click();
  else {
    await page.locator(".actions > .ant-select").click();
    await page.locator(".ant-select-dropdown:not(.ant-select-dropdown-hidden) .ant-select-item-option", { hasText: new RegExp(`^${name}$`) }).click();
  }
  await page.locator(`form.command[aria-label="${name}"]`).waitFor();
}

// A field by its label.
export const field = (page, label) => command(page).locator(".field", { has: page.locator("label", { hasText: label }) }).locator("textarea, input").first();

// Chooses in a select of the form.
export async function pick(page, label, option) {
  await command(page).locator(".field", { has: page.locator("label", { hasText: label }) }).locator(".ant-select").click();
  await page.locator(".ant-select-dropdown:not(.ant-select-dropdown-hidden) .ant-select-item-option", { hasText: option }).first().click();
}

// Chooses a unit by typing.
export async function pickUnit(page, label, name) {
  const box = command(page).locator(".field", { has: page.locator("label", { hasText: label }) }).locator(".ant-select");
  await box.click();
  await box.locator("input").fill(name);
  await page.locator(".ant-select-tree-treenode:not([aria-hidden=true])", { hasText: name }).last().click();
}

export const send = (page, button) => (button ? command(page).getByRole("button", { name: button }).click() : page.keyboard.press("Control+Enter"));

// The state as the page shows it.
export const shows = (page, state) => page.locator(".ticket-head .marks .tag", { hasText: state }).first().waitFor();

// An entry of the history as people read it.
export const told = (page, text) => page.locator(".timeline li", { hasText: text }).first().waitFor();

// The ticket as the service has it, once the read model has caught up with what is asked.
export async function ticketWhere(ticketId, fits, user = "supervisor1") {
  const api = await as(user);
  return waitFor("the ticket", async () => {
    const now = await api.get(`/v1/tickets/${ticketId}`);
    return fits(now) ? now : null;
  });
}
