// Where the ticket would go, before it is saved: the dispatch catalogue (who is in charge) and the place, each with its
// reason. After saving, the service's own suggestions are asked for (SavedDialog).
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { UnitSelect } from "@/components/Selects";
import { Field } from "@/components/Field";
import type { Category, Unit } from "@/api/types";
import { useCategories, useUnitName, useUnits } from "@/lib/catalogue";
import type { TicketForm } from "@/lib/validate";

export interface Proposal {
  unitId: string;
  rule: "catalogue" | "area" | "tags";
}

export function proposals(form: Pick<TicketForm, "categoryId" | "areaCode">, categories: Category[], units: Unit[]): Proposal[] {
  const found: Proposal[] = [];
  const add = (unitId: string | undefined, rule: Proposal["rule"]) => {
    const unit = units.find((u) => u.unitId === unitId);
    if (unit && unit.active !== false && !found.some((p) => p.unitId === unitId)) found.push({ unitId: unit.unitId ?? "", rule });
  };
  const byId = new Map(categories.map((c) => [c.categoryId, c]));
  const area = form.areaCode ? units.filter((u) => u.areaCode === form.areaCode) : [];
  let category = byId.get(form.categoryId);
  for (let depth = 0; category && depth < 8; depth += 1) {
    const { tags } = category;
    area.filter((u) => u.kind !== "county" && (u.tags ?? []).some((tag) => tags?.includes(tag))).forEach((u) => add(u.unitId, "tags"));
    add(category.defaultUnitId, "catalogue");
    category = category.parentId ? byId.get(category.parentId) : undefined;
  }
  add(area.find((u) => u.kind === "county" || u.kind === "township")?.unitId, "area");
  return found.slice(0, 3);
}

export function UnitPicker({ form, change, error }: { form: TicketForm; change: (part: Partial<TicketForm>) => void; error?: string | undefined }) {
  const { t } = useTranslation();
  const categories = useCategories();
  const units = useUnits();
  const unitName = useUnitName();
  const proposed = proposals(form, categories.data ?? [], units.data ?? []);
  return (
    <div>
      <Field label={t("ticket.unit")} error={error}>
        {(control) => <UnitSelect control={control} value={form.unitId} onChange={(unitId) => change({ unitId })} />}
      </Field>
      {proposed.length > 0 && (
        <div className="proposals" aria-label={t("desk.proposals")} role="group">
          {proposed.map((p) => (
            <Button key={p.unitId} size="small" type={form.unitId === p.unitId ? "primary" : "default"} onClick={() => change({ unitId: p.unitId })}>
              {unitName(p.unitId)} · {t(`rule.${p.rule}`)}
            </Button>
          ))}
        </div>
      )}
    </div>
  );
}
