import { useQueryClient } from "@tanstack/react-query";
import { Button, Checkbox, Input, InputNumber, Select, Table } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { createUnit, updateUnit } from "@/api/endpoints";
import type { Unit } from "@/api/types";
import { Field } from "@/components/Field";
import { Loaded } from "@/components/Problems";
import { UnitSelect } from "@/components/Selects";
import { useNamed, useUnits } from "@/lib/catalogue";
import { EditDialog } from "./EditDialog";

const KINDS = ["government_office", "county", "department", "utility", "township", "section", "vertical", "company", "social", "enterprise"] as const;

interface Row extends Unit {
  children?: Row[];
}

function asTree(units: Unit[]): Row[] {
  const rows = new Map(units.map((u) => [u.unitId ?? "", { ...u } as Row]));
  const roots: Row[] = [];
  for (const row of rows.values()) {
    const parent = row.parentId ? rows.get(row.parentId) : undefined;
    if (parent) (parent.children ??= []).push(row);
    else roots.push(row);
  }
  return roots;
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
          {(c) => <InputNumber id={c.id} min={1} max={5} value={unit.level ?? 2} disabled={!isNew} onChange={(level) => set({ level: level ?? 2 })} />}
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
  const rows = useMemo(() => asTree(query.data ?? []), [query.data]);
  return (
    <>
      <div className="filters">
        <Button type="primary" onClick={() => setEditing({ unit: { active: true, level: 2 }, isNew: true })}>
          {t("admin.newUnit")}
        </Button>
      </div>
      <Loaded query={query} isEmpty={(u) => u.length === 0}>
        {() => (
          <Table<Row>
            size="small"
            rowKey={(u) => u.unitId ?? ""}
            dataSource={rows}
            pagination={false}
            expandable={{ defaultExpandedRowKeys: rows.map((r) => r.unitId ?? "") }}
            columns={[
              { title: t("admin.name"), render: (_, u) => named(u) },
              { title: t("admin.unitId"), render: (_, u) => <span className="mono">{u.unitId}</span> },
              { title: t("admin.kind"), render: (_, u) => t(`unitKind.${u.kind as (typeof KINDS)[number]}`, { defaultValue: "" }) },
              { title: t("admin.level"), dataIndex: "level" },
              { title: t("admin.areaCode"), dataIndex: "areaCode" },
              { title: t("admin.phone"), dataIndex: "phone" },
              { title: t("admin.state"), render: (_, u) => (u.active ? t("admin.active") : t("admin.disabled")) },
              {
                title: t("common.actions"),
                render: (_, { children: _children, ...unit }) => (
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
