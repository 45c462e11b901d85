import { describe, expect, it } from "vitest";
import { en } from "./en";
import { enConfiguration } from "./en.configuration";
import { zhCN } from "./zh-CN";
import { zhConfiguration } from "./zh-CN.configuration";

type Tree = { [key: string]: string | Tree };

function flat(tree: Tree, prefix = ""): Map<string, string> {
  const out = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === "string") out.set(prefix + key, value);
    else flat(value, `${prefix}${key}.`).forEach((v, k) => out.set(k, v));
  }
  return out;
}
const chinese = flat({ ...zhCN, ...zhConfiguration } as Tree);
const english = flat({ ...en, ...enConfiguration } as Tree);
const slots = (text: string) => (text.match(/\{\{\w+\}\}/g) ?? []).sort();

describe("texts", () => {
  it("have the same keys in both languages", () => expect([...english.keys()].sort()).toEqual([...chinese.keys()].sort()));
  it("have the same slots", () => {
    for (const [key, text] of chinese) expect(slots(english.get(key) ?? ""), key).toEqual(slots(text));
  });
  it("mix no languages", () => {
    for (const [key, text] of english) expect(/[\u3000-\u9fff\uff00-\uffef]/.test(text), `en ${key}`).toBe(false);
    for (const [key, text] of chinese) expect(/[A-Za-z]{2,}/.test(text.replace(/\{\{\w+\}\}/g, "")), `zh ${key}`).toBe(false);
  });
});
