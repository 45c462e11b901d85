// Why the service proposes something: its own sentence on Chinese screens, the rule's name on English ones.
import { useTranslation } from "react-i18next";
import type { UnitSuggestion } from "@/api/types";
import { useLanguage } from "@/lib/catalogue";

export function useReason(): (rule: string | undefined, sentence: string | undefined) => string {
  const { t, i18n } = useTranslation();
  const language = useLanguage();
  return (rule, sentence) => {
    const key = `rule.${rule ?? "earlier"}`;
    if (language === "zh-CN" && sentence) return sentence;
    return i18n.exists(key) ? (t(key as never) as string) : (rule ?? "");
  };
}

// What a dispatch names when it follows a suggestion: kept in the history (TKT-6).
export const sourceOf = (one: Pick<UnitSuggestion, "source" | "rule">): string => one.source || one.rule || "";
