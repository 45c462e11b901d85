import { useQueryClient } from "@tanstack/react-query";
import { Button, Checkbox, Input, Select } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { createUnit, updateUnit } from "@/api/endpoints";
import type { Unit } from "@/api/types";
import { DataTable } from "@/components/DataTable";
import { Field } from "@/components/Field";
import { Loaded } from "@/components/Problems";
import { UnitSelect } from "@/components/Selects";
import { useNamed, useUnits } from "@/lib/catalogue";
import { EditDialog } from "./EditDialog";

const KINDS = ["government_office", "county", "department", "utility", "township", "section", "vertical", "company", "social", "enterprise"] as const;

interface Row {
  unit: Unit;
  depth: number;
}

// Parents before children, each with its depth.
function inTreeOrder(units: Unit[]): Row[] {
  const children = new Map<string, Unit[]>();
  const known = new Set(units.map((u) => u.unitId));
  for (const unit of units) {
    const parent = unit.parentId && known.has(unit.parentId) ? unit.parentId : "";
    children.set(parent, [...(children.get(parent) ?? []), unit]);
  }
  const rows: Row[] = [];
  const walk = (parent: string, depth: number) => {
    for (const unit of children.get(parent) ?? []) {
      rows.push({ unit, depth });
      if (unit.unitId) walk(unit.unitId, depth + 1);
    }
  };
  walk("", 0);
  return rows;
}

function UnitDialog({ start, isNew, onClose }: { start: Unit; isNew: boolean; onClose: (kept: boolean) => void }) {
  const { t } = useTranslation();
  const [unit, setUnit] = useState(start);
  const set = (part: Partial<Unit>) => setUnit((now) => ({ ...now, ...part }));
  return (
    <EditDialog title={t(isNew ? "admin.newUnit" : "admin.editUnit")} good={!!unit.unitId && !!unit.name && !!unit.kind} onClose={onClose} save={() => (isNew ? createUnit(unit) : updateUnit(unit))}>
      <Field label={t("admin.unitId")} required hint={t("admin.idHint")}>
        {(c) => <Input id={c.id} value={unit.unitId ?? ""} disabled={!isNew} onChange={(e) => set({ unitId: e.target.value })} />}
      </Field>
      <Field label={t("admin.parent")}>{(c) => <UnitSelect control={c} value={unit.parentId ?? ""} disabled={!isNew} onChange={(parentId) => set({ parentId })} />}</Field>
      <Field label={t("admin.name")} required>
        {(c) => <Input id={c.id} value={unit.name ?? ""} maxLength={100} onChange={(e) => set({ name: e.target.value })} />}
      </Field>
      <Field label={t("admin.nameEn")}>{(c) => <Input id={c.id} value={unit.nameEn ?? ""} maxLength={100} onChange={(e) => set({ nameEn: e.target.value })} />}</Field>
      <div className="row">
        <Field label={t("admin.kind")} required className="rest">
          {(c) => <Select id={c.id} value={unit.kind || null} onChange={(kind) => set({ kind: kind ?? "" })} options={KINDS.map((value) => ({ value, label: t(`unitKind.${value}`) }))} style={{ width: "100%" }} />}
        </Field>
        <Field label={t("admin.level")} className="third">
          {(c) => <Input id={c.id} type="number" min={1} max={5} value={unit.level ?? 2} disabled={!isNew} onChange={(e) => set({ level: Number(e.target.value) || 2 })} />}
        </Field>
      </div>
      <Field label={t("ticket.tags")}>
        {(c) => <Select id={c.id} mode="tags" open={false} suffixIcon={null} value={unit.tags ?? []} onChange={(tags: string[]) => set({ tags })} style={{ width: "100%" }} />}
      </Field>
      <div className="row">
        <Field label={t("admin.areaCode")} className="rest">
          {(c) => <Input id={c.id} value={unit.areaCode ?? ""} onChange={(e) => set({ areaCode: e.target.value })} />}
        </Field>
        <Field label={t("admin.phone")} className="rest">
          {(c) => <Input id={c.id} value={unit.phone ?? ""} onChange={(e) => set({ phone: e.target.value })} />}
        </Field>
      </div>
      {!isNew && (
        <Checkbox checked={unit.active ?? false} onChange={(e) => set({ active: e.target.checked })}>
          {t("admin.activeUnit")}
        </Checkbox>
      )}
    </EditDialog>
  );
}

export function Units() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const named = useNamed();
  const query = useUnits();
  const [editing, setEditing] = useState<{ unit: Unit; isNew: boolean } | null>(null);
  const rows = useMemo(() => inTreeOrder(query.data ?? []), [query.data]);
  return (
    <>
      <div className="filters">
        <Button type="primary" onClick={() => setEditing({ unit: { active: true, level: 2 }, isNew: true })}>
          {t("admin.newUnit")}
        </Button>
      </div>
      <Loaded query={query} isEmpty={(u) => u.length === 0}>
        {() => (
          <DataTable<Row>
            label={t("admin.units")}
            rows={rows}
            rowKey={(r) => r.unit.unitId ?? ""}
            empty={t("common.empty")}
            columns={[
              { key: "name", title: t("admin.name"), width: "2fr", render: ({ unit, depth }) => <span style={{ paddingLeft: depth * 20 }}>{named(unit)}</span> },
              { key: "id", title: t("admin.unitId"), width: "1.2fr", render: ({ unit }) => <span className="mono">{unit.unitId}</span> },
              { key: "kind", title: t("admin.kind"), width: "1fr", render: ({ unit }) => t(`unitKind.${unit.kind as (typeof KINDS)[number]}`, { defaultValue: "" }) },
              { key: "level", title: t("admin.level"), width: "70px", render: ({ unit }) => unit.level },
              { key: "area", title: t("admin.areaCode"), width: "100px", render: ({ unit }) => unit.areaCode },
              { key: "phone", title: t("admin.phone"), width: "130px", render: ({ unit }) => unit.phone },
              { key: "state", title: t("admin.state"), width: "80px", render: ({ unit }) => (unit.active ? t("admin.active") : t("admin.disabled")) },
              {
                key: "actions",
                title: t("common.actions"),
                width: "80px",
                render: ({ unit }) => (
                  <Button size="small" onClick={() => setEditing({ unit, isNew: false })} aria-label={`${t("common.edit")}: ${named(unit)}`}>
                    {t("common.edit")}
                  </Button>
                ),
              },
            ]}
          />
        )}
      </Loaded>
      {editing && (
        <UnitDialog
          start={editing.unit}
          isNew={editing.isNew}
          onClose={(kept) => {
            setEditing(null);
            if (kept) void queries.invalidateQueries({ queryKey: ["units"] });
          }}
        />
      )}
    </>
  );
}
