// Two languages, one per screen: Chinese first. The choice is kept on this machine.
import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { en } from "./en";
import { type Messages, zhCN } from "./zh-CN";

export type Language = "zh-CN" | "en";
const KEY = "hotline.language";

function initial(): Language {
  try {
    return localStorage.getItem(KEY) === "en" ? "en" : "zh-CN";
  } catch {
    return "zh-CN";
  }
}

function showLanguage(language: Language): void {
  document.documentElement.lang = language;
  document.title = i18next.t("app.name");
}

export function setLanguage(language: Language): void {
  try {
    localStorage.setItem(KEY, language);
  } catch {
    // the choice then lasts as long as the page
  }
  void i18next.changeLanguage(language).then(() => showLanguage(language));
}

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "translation";
    resources: { translation: Messages };
  }
}

void i18next.use(initReactI18next).init({
  lng: initial(),
  fallbackLng: false, // a missing text must show in the tests, not as a word of the other language
  resources: { "zh-CN": { translation: zhCN }, en: { translation: en } },
  interpolation: { escapeValue: false },
  initImmediate: false,
});
showLanguage(initial());
