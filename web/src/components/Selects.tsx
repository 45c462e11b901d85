// Choosing a category, a unit or an area by typing.
import { TreeSelect } from "antd";
import { type KeyboardEvent, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { categoryTree, toTree, type TreeNode, unitTree, useAreas, useCategories, useNamed, useUnits } from "@/lib/catalogue";
import type { ControlProps } from "./Field";

interface Props {
  value: string;
  onChange: (value: string) => void;
  control?: Partial<ControlProps>;
  label?: string;
  placeholder?: string;
  disabled?: boolean;
}

const matches = (input: string, node: unknown) => (node as TreeNode).words.includes(input.trim().toLowerCase());

// What Enter takes of what was found by typing: a node named just so, else the first below which there is nothing, else the first.
export function firstFound(tree: TreeNode[], typed: string): string | undefined {
  const found: TreeNode[] = [];
  const walk = (nodes: TreeNode[]) => {
    for (const node of nodes) {
      if (!node.disabled && matches(typed, node)) found.push(node);
      walk(node.children ?? []);
    }
  };
  walk(tree);
  const name = typed.trim();
  return (found.find((one) => one.title === name) ?? found.find((one) => !one.children?.length) ?? found[0])?.value;
}

// Enter takes the first that typing has found, unless the arrows have chosen another.
function useFirstByEnter(tree: TreeNode[], onChange: (value: string) => void) {
  const [open, setOpen] = useState(false);
  const chord = useRef(false);
  const typed = useRef("");
  const moved = useRef(false);
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") moved.current = true;
    if (event.key !== "Enter" || event.ctrlKey || event.altKey || event.nativeEvent.isComposing || moved.current || !typed.current.trim()) return;
    const value = firstFound(tree, typed.current);
    if (!value) return;
    typed.current = "";
    onChange(value);
    setOpen(false);
  };
  const onSearch = (text: string) => {
    typed.current = text;
    moved.current = false;
  };
  // Keys of the suite that are pressed here are not typed into it.
  const watch = (event: KeyboardEvent<HTMLElement>) => (chord.current = event.altKey || event.ctrlKey || event.metaKey);
  const onOpenChange = (next: boolean) => setOpen(next && !chord.current);
  return { watch, release: () => (chord.current = false), select: { open, onOpenChange, onKeyDown, onSearch } };
}

function Tree({ tree, loading, failed, ...p }: Props & { tree: TreeNode[]; loading: boolean; failed: boolean }) {
  const { t } = useTranslation();
  const change = (value: string | undefined) => p.onChange(value ?? "");
  const keys = useFirstByEnter(tree, change);
  return (
    <span className="tree-select" onKeyDownCapture={keys.watch} onPointerDownCapture={keys.release}>
      <TreeSelect<string | undefined>
        {...keys.select}
        {...(p.control?.id ? { id: p.control.id } : {})}
        {...(p.control?.status ? { status: p.control.status } : {})}
        aria-label={p.label}
        aria-describedby={p.control?.["aria-describedby"]}
        value={p.value || undefined}
        onChange={change}
        treeData={tree}
        showSearch
        allowClear
        filterTreeNode={matches}
        treeDefaultExpandAll={tree.length < 6}
        loading={loading}
        disabled={p.disabled ?? false}
        placeholder={p.placeholder ?? t("common.typeToSearch")}
        notFoundContent={failed ? t("problem.unreachable") : t("common.nothingFound")}
        style={{ width: "100%" }}
        popupMatchSelectWidth={360}
        listHeight={320}
      />
    </span>
  );
}

export function CategorySelect(props: Props) {
  const query = useCategories();
  const named = useNamed();
  const tree = useMemo(() => categoryTree(query.data ?? [], (c) => named(c, c.categoryId)), [query.data, named]);
  return <Tree {...props} tree={tree} loading={query.isLoading} failed={query.isError} />;
}

export function UnitSelect(props: Props) {
  const query = useUnits();
  const named = useNamed();
  const tree = useMemo(() => unitTree(query.data ?? [], (u) => named(u, u.unitId)), [query.data, named]);
  return <Tree {...props} tree={tree} loading={query.isLoading} failed={query.isError} />;
}

// Several units, in the order chosen.
export function UnitsSelect({ values, onChange, control, label }: { values: string[]; onChange: (values: string[]) => void; control?: { id: string }; label: string }) {
  const query = useUnits();
  const named = useNamed();
  const { t } = useTranslation();
  const tree = useMemo(() => unitTree(query.data ?? [], (u) => named(u, u.unitId)), [query.data, named]);
  return (
    <TreeSelect<string[]>
      {...(control?.id ? { id: control.id } : {})}
      aria-label={label}
      multiple
      value={values}
      onChange={onChange}
      treeData={tree}
      showSearch
      allowClear
      filterTreeNode={matches}
      loading={query.isLoading}
      placeholder={t("common.typeToSearch")}
      notFoundContent={query.isError ? t("problem.unreachable") : t("common.nothingFound")}
      style={{ width: "100%" }}
      popupMatchSelectWidth={360}
      listHeight={320}
    />
  );
}

export function AreaSelect(props: Props) {
  const query = useUnits();
  const { units } = useAreas();
  const named = useNamed();
  const tree = useMemo(() => {
    const byUnit = new Map(units.map((u) => [u.unitId ?? "", u.areaCode ?? ""]));
    const seen = new Set<string>();
    const items = units.filter((u) => !seen.has(u.areaCode ?? "") && seen.add(u.areaCode ?? ""));
    return toTree(
      items.map((u, i) => ({
        id: u.areaCode ?? "",
        parent: byUnit.get(u.parentId ?? "") ?? "",
        title: named(u, u.areaCode),
        words: [u.name, u.nameEn, u.areaCode].join(" ").toLowerCase(),
        order: i,
        disabled: false,
      })),
    );
  }, [units, named]);
  return <Tree {...props} tree={tree} loading={query.isLoading} failed={query.isError} />;
}
