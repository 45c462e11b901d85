// Where the ticket would go, before it is saved, so that the agent can tell the caller: the service's own suggestions, each
// with its reason (TKT-6). One key takes the next of them.
import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { suggestForDraft } from "@/api/work";
import type { SuggestForDraftRequest, UnitSuggestion } from "@/api/types";
import { keysOf, useKeys } from "@/app/shortcuts";
import { Field, Kbd } from "@/components/Field";
import { sourceOf, useReason } from "@/components/Reason";
import { UnitSelect } from "@/components/LazySelects";
import { useUnitName } from "@/lib/catalogue";
import { useDebounced } from "@/lib/debounce";
import type { TicketForm } from "@/lib/validate";

const TYPING_MS = 300;
const TEXT_MAX = 5000;

// What is known so far; nothing to ask with yet: null.
export function factsOf(form: Pick<TicketForm, "type" | "categoryId" | "areaCode" | "tags" | "title" | "content">): SuggestForDraftRequest | null {
  const text = [...`${form.title}\n${form.content}`.trim()].slice(0, TEXT_MAX).join("");
  if (!form.categoryId && !form.areaCode && text.length < 4 && form.tags.length === 0) return null;
  return { type: form.type, categoryId: form.categoryId, areaCode: form.areaCode, tags: form.tags, text };
}

// The one after the chosen one, and after the last the first again.
export function nextOf(suggestions: UnitSuggestion[], chosen: string): UnitSuggestion | undefined {
  const at = suggestions.findIndex((one) => one.unitId === chosen);
  return suggestions[(at + 1) % Math.max(1, suggestions.length)];
}

const taken = (one: UnitSuggestion) => ({ unitId: one.unitId ?? "", unitSource: sourceOf(one) });

// The source that a taken suggestion has now: suggestions follow the typing, and a unit that is not suggested any more was one's own
// choice in the end.
export function sourceNow(suggestions: UnitSuggestion[], form: Pick<TicketForm, "unitId" | "unitSource">): string {
  if (!form.unitSource) return "";
  const one = suggestions.find((s) => s.unitId === form.unitId);
  return one ? sourceOf(one) : "";
}

export function UnitPicker({ form, change, error }: { form: TicketForm; change: (part: Partial<TicketForm>) => void; error?: string | undefined }) {
  const { t } = useTranslation();
  const unitName = useUnitName();
  const reason = useReason();
  const facts = useDebounced(JSON.stringify(factsOf(form)), TYPING_MS);
  const query = useQuery({
    queryKey: ["suggestForDraft", facts],
    queryFn: ({ signal }) => suggestForDraft(JSON.parse(facts) as SuggestForDraftRequest, signal),
    enabled: facts !== "null",
    placeholderData: (before) => before,
    retry: false,
  });
  const suggestions = facts === "null" ? [] : (query.data?.suggestions ?? []);
  const box = useRef<HTMLDivElement>(null);
  const known = facts === "null" || (query.isSuccess && !query.isPlaceholderData);
  const source = sourceNow(suggestions, form);
  useEffect(() => {
    if (known && source !== form.unitSource) change({ unitSource: source });
  }, [known, source, form.unitSource, change]);
  const next = () => {
    const one = nextOf(suggestions, form.unitId);
    if (one) change(taken(one));
    box.current?.scrollIntoView({ block: "center" });
  };
  useKeys({ [keysOf("nextUnit")]: next });
  return (
    <div ref={box}>
      <Field label={t("ticket.unit")} error={error}>
        {(control) => <UnitSelect control={control} value={form.unitId} onChange={(unitId) => change({ unitId, unitSource: "" })} />}
      </Field>
      {suggestions.length > 0 && (
        <div aria-label={t("desk.proposals")} role="group" className="draft-suggestions">
          <span className="quiet">
            {t("desk.proposals")} <Kbd keys={keysOf("nextUnit")} />
          </span>
          {suggestions.map((one) => (
            <div key={one.unitId} className="suggestion">
              <Button size="small" type={form.unitId === one.unitId ? "primary" : "default"} aria-pressed={form.unitId === one.unitId} onClick={() => change(taken(one))}>
                {unitName(one.unitId)}
              </Button>
              <span className="quiet">{reason(one.rule, one.reason)}</span>
            </div>
          ))}
        </div>
      )}
    </div>
  );
}
