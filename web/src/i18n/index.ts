// Two languages, one per screen: Chinese first. A language is loaded when it is used; the choice is kept on this machine.
import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import type { Messages } from "./zh-CN";

export type Language = "zh-CN" | "en";
const KEY = "hotline.language";

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "translation";
    resources: { translation: Messages };
  }
}

function chosen(): Language {
  try {
    return localStorage.getItem(KEY) === "en" ? "en" : "zh-CN";
  } catch {
    return "zh-CN";
  }
}

async function load(language: Language): Promise<void> {
  if (i18next.hasResourceBundle(language, "translation")) return;
  const messages = language === "en" ? (await import("./en")).en : (await import("./zh-CN")).zhCN;
  i18next.addResourceBundle(language, "translation", messages);
}

async function show(language: Language): Promise<void> {
  await load(language);
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
  document.title = i18next.t("app.name");
}

export function setLanguage(language: Language): void {
  try {
    localStorage.setItem(KEY, language);
  } catch {
    // the choice then lasts as long as the page
  }
  void show(language);
}

// Resolves when the first language is there; nothing is drawn before.
export async function startLanguage(): Promise<void> {
  const language = chosen();
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: false, // a missing text must show in the tests, not as a word of the other language
    resources: {},
    interpolation: { escapeValue: false },
    react: { useSuspense: false },
  });
  await show(language);
}
