// Two languages, one per screen: Chinese first. A language is loaded when it is used; the choice is kept on this machine.
import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import type { AllMessages } from "./zh-CN";

export type Language = "zh-CN" | "en";
const KEY = "hotline.language";

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "translation";
    resources: { translation: AllMessages };
  }
}

function chosen(): Language {
  try {
    return localStorage.getItem(KEY) === "en" ? "en" : "zh-CN";
  } catch {
    return "zh-CN";
  }
}

// Texts of screens that few people open come with those screens, in every language that is shown from then on.
type Texts = (language: Language) => Promise<object>;
const added = new Set<Texts>();
const configurationTexts: Texts = async (language) =>
  language === "en" ? (await import("./en.configuration")).enConfiguration : (await import("./zh-CN.configuration")).zhConfiguration;

async function load(language: Language): Promise<void> {
  if (!i18next.hasResourceBundle(language, "translation")) {
    const messages = language === "en" ? (await import("./en")).en : (await import("./zh-CN")).zhCN;
    i18next.addResourceBundle(language, "translation", messages);
  }
  for (const texts of added) i18next.addResourceBundle(language, "translation", await texts(language), true);
}

async function addTexts(texts: Texts): Promise<void> {
  added.add(texts);
  await load(i18next.language as Language);
}
export const addConfigurationTexts = () => addTexts(configurationTexts);

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
