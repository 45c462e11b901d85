// Categories tickets are filed under: the tree, and one of it in a dialog.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App, Button, Input, Modal, Select } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Category, putCategory } from "@/api/configuration";
import { useKeys, usePlainKeys } from "@/app/shortcuts";
import { DataTable } from "@/components/DataTable";
import { Field, Kbd } from "@/components/Field";
import { Loaded, ProblemAlert } from "@/components/Problems";
import { CategorySelect, UnitSelect } from "@/components/LazySelects";
import { useCategories, useNamed, useUnitName } from "@/lib/catalogue";
import { useFaults } from "./faults";
import { focusFirst } from "./Parts";
import { inTree, type TreeRow } from "./trees";

function CategoryDialog({ start, isNew, taken, onClose }: { start: Category; isNew: boolean; taken: Set<string>; onClose: (kept: boolean) => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const [category, setCategory] = useState(start);
  const set = (part: Partial<Category>) => setCategory((now) => ({ ...now, ...part }));
  const twice = isNew && taken.has(category.categoryId ?? "");
  const work = useMutation({
    mutationFn: () => putCategory(category),
    onSuccess: () => {
      message.success(t("config.kept"));
      onClose(true);
    },
  });
  const faults = useFaults(work.error, "category");
  const good = !!category.categoryId && !!category.name?.trim() && !twice;
  useKeys({ "Ctrl+Enter": () => good && !work.isPending && work.mutate() });
  return (
    <Modal open afterOpenChange={focusFirst} title={t(isNew ? "config.categories.new" : "config.categories.edit")} onCancel={() => onClose(false)} onOk={() => work.mutate()} okText={t("common.save")} okButtonProps={{ disabled: !good, loading: work.isPending }} maskClosable={false}>
      {work.isError && <ProblemAlert error={work.error} />}
      <Field label={t("config.categories.parent")} error={faults.at("parentId")}>
        {(c) => <CategorySelect control={c} value={category.parentId ?? ""} placeholder={t("config.categories.top")} onChange={(parentId) => set({ parentId, ...(isNew && parentId && !category.categoryId?.includes(".") ? { categoryId: `${parentId}.` } : {}) })} />}
      </Field>
      <Field label={t("config.id")} required hint={t("config.categories.idHint")} error={twice ? t("config.idTaken") : faults.at("categoryId")}>
        {(c) => <Input id={c.id} className="mono" status={c.status ?? ""} value={category.categoryId ?? ""} disabled={!isNew} maxLength={64} onChange={(e) => set({ categoryId: e.target.value })} />}
      </Field>
      <div className="row">
        <Field label={t("admin.name")} required className="rest" error={faults.at("name")}>
          {(c) => <Input id={c.id} status={c.status ?? ""} value={category.name ?? ""} maxLength={50} onChange={(e) => set({ name: e.target.value })} />}
        </Field>
        <Field label={t("admin.nameEn")} className="rest" error={faults.at("nameEn")}>
          {(c) => <Input id={c.id} status={c.status ?? ""} value={category.nameEn ?? ""} maxLength={100} onChange={(e) => set({ nameEn: e.target.value })} />}
        </Field>
        <Field label={t("config.categories.order")} className="third" error={faults.at("order")}>
          {(c) => <Input id={c.id} type="number" min={0} status={c.status ?? ""} value={category.order ?? 0} onChange={(e) => set({ order: Number(e.target.value) || 0 })} />}
        </Field>
      </div>
      <Field label={t("config.categories.unit")} hint={t("config.categories.unitHint")} error={faults.at("defaultUnitId")}>
        {(c) => <UnitSelect control={c} value={category.defaultUnitId ?? ""} onChange={(defaultUnitId) => set({ defaultUnitId })} />}
      </Field>
      <Field label={t("ticket.tags")} error={faults.under("tags")}>
        {(c) => <Select id={c.id} mode="tags" open={false} suffixIcon={null} value={category.tags ?? []} onChange={(tags: string[]) => set({ tags })} style={{ width: "100%" }} />}
      </Field>
      <Field label={t("config.categories.script")} hint={t("config.categories.scriptHint")} error={faults.at("script")}>
        {(c) => <Input.TextArea id={c.id} status={c.status ?? ""} value={category.script ?? ""} autoSize={{ minRows: 2, maxRows: 6 }} onChange={(e) => set({ script: e.target.value })} />}
      </Field>
    </Modal>
  );
}

export default function CategoriesPage() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const named = useNamed();
  const unitName = useUnitName();
  const query = useCategories();
  const [typed, setTyped] = useState("");
  const [editing, setEditing] = useState<{ category: Category; isNew: boolean } | null>(null);
  const all = useMemo(() => query.data ?? [], [query.data]);
  const rows = useMemo(() => {
    const words = typed.trim().toLowerCase();
    const tree = inTree(all, (c) => c.categoryId ?? "", (c) => c.parentId ?? "", (c) => c.order ?? 0);
    return words ? tree.filter(({ item }) => [item.name, item.nameEn, item.categoryId, ...(item.tags ?? [])].join(" ").toLowerCase().includes(words)) : tree;
  }, [all, typed]);
  const startNew = () => setEditing({ category: { categoryId: "", parentId: "", tags: [], order: 0 }, isNew: true });
  usePlainKeys({ N: startNew }, !editing);
  return (
    <section className="main-part" aria-label={t("config.part.categories")}>
      <div className="filters">
        <Input.Search allowClear value={typed} onChange={(e) => setTyped(e.target.value)} placeholder={t("config.categories.find")} aria-label={t("config.categories.find")} style={{ width: 230 }} />
        <span className="quiet">{t("config.categories.count", { count: rows.length })}</span>
        <span className="grow" />
        <Button type="primary" onClick={startNew}>
          {t("config.categories.new")} <Kbd keys="N" />
        </Button>
      </div>
      <Loaded query={query}>
        {() => (
          <DataTable<TreeRow<Category>>
            fill
            label={t("config.part.categories")}
            rows={rows}
            rowKey={(r) => r.item.categoryId ?? ""}
            empty={t("common.nothingFound")}
            columns={[
              { key: "name", title: t("admin.name"), width: "minmax(200px, 1.6fr)", render: ({ item, depth }) => <span style={{ paddingLeft: typed ? 0 : depth * 20, fontWeight: depth === 0 ? 600 : 400 }}>{named(item, item.categoryId)}</span> },
              { key: "id", title: t("config.id"), width: "minmax(140px, 1fr)", render: ({ item }) => <span className="mono">{item.categoryId}</span> },
              { key: "unit", title: t("config.categories.unit"), width: "minmax(150px, 1.2fr)", render: ({ item }) => unitName(item.defaultUnitId) },
              { key: "tags", title: t("ticket.tags"), width: "minmax(120px, 1fr)", render: ({ item }) => (item.tags ?? []).join(t("common.comma")) },
              { key: "script", title: t("config.categories.script"), width: "minmax(160px, 1.6fr)", render: ({ item }) => <span title={item.script}>{item.script}</span> },
              { key: "order", title: t("config.categories.order"), width: "64px", align: "right", render: ({ item }) => item.order ?? 0 },
              {
                key: "actions",
                title: t("common.actions"),
                width: "84px",
                render: ({ item }) => (
                  <Button size="small" onClick={() => setEditing({ category: item, isNew: false })} aria-label={`${t("common.edit")}: ${named(item)}`}>
                    {t("common.edit")}
                  </Button>
                ),
              },
            ]}
          />
        )}
      </Loaded>
      {editing && (
        <CategoryDialog
          start={editing.category}
          isNew={editing.isNew}
          taken={new Set(all.map((c) => c.categoryId ?? ""))}
          onClose={(kept) => {
            setEditing(null);
            if (kept) for (const key of ["categories", "catalogueCheck"]) void queries.invalidateQueries({ queryKey: [key] });
          }}
        />
      )}
    </section>
  );
}
