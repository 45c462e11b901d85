// Data that changes rarely and every screen needs: units, categories, lines, with names in the screen's language.
import { useQuery } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { listAllUnits, listCategories, listLines, listUsers } from "@/api/endpoints";
import { hasRole, session } from "@/api/session";
import type { Category, Unit } from "@/api/types";
import { useStore } from "./store";

const FRESH_MS = 10 * 60_000;

export function useUnits() {
  return useQuery({ queryKey: ["units"], queryFn: listAllUnits, staleTime: FRESH_MS });
}
export function useCategories() {
  return useQuery({
    queryKey: ["categories"],
    queryFn: async () => (await listCategories()).categories ?? [],
    staleTime: FRESH_MS,
  });
}
export function useLines() {
  return useQuery({ queryKey: ["lines"], queryFn: async () => (await listLines()).lines ?? [], staleTime: FRESH_MS });
}

export function useLanguage(): "zh-CN" | "en" {
  return useTranslation().i18n.language === "en" ? "en" : "zh-CN";
}

// Chinese, or English where there is an English name and the screen is English.
export function useNamed(): (item: { name?: string; nameEn?: string } | undefined, fallback?: string) => string {
  const language = useLanguage();
  return useCallback(
    (item, fallback = "") => (language === "en" ? item?.nameEn || item?.name : item?.name) || fallback,
    [language],
  );
}

export function useUnitName(): (id: string | undefined) => string {
  const { data } = useUnits();
  const named = useNamed();
  const byId = useMemo(() => new Map((data ?? []).map((u) => [u.unitId ?? "", u])), [data]);
  return useCallback((id) => (id ? named(byId.get(id), id) : ""), [byId, named]);
}

// Whether a unit is this one or below it.
export function inSubtree(units: Pick<Unit, "unitId" | "parentId">[], root: string): Set<string> {
  const parents = new Map(units.map((u) => [u.unitId ?? "", u.parentId ?? ""]));
  const found = new Set<string>([root]);
  for (const id of parents.keys()) {
    const way: string[] = [];
    for (let at = id; at && way.length < 12; at = parents.get(at) ?? "") {
      way.push(at);
      if (found.has(at)) {
        way.forEach((one) => found.add(one));
        break;
      }
    }
  }
  return found;
}

export function useWithin(root: string | undefined): (unitId: string) => boolean {
  const { data } = useUnits();
  const below = useMemo(() => inSubtree(data ?? [], root ?? ""), [data, root]);
  return useCallback((id) => below.has(id), [below]);
}

// "Water supply / Leak": the node with its parents.
export function useCategoryName(): (id: string | undefined) => string {
  const { data } = useCategories();
  const named = useNamed();
  const byId = useMemo(() => new Map((data ?? []).map((c) => [c.categoryId ?? "", c])), [data]);
  return useCallback(
    (id) => {
      const names: string[] = [];
      for (let node = id ? byId.get(id) : undefined, depth = 0; node && depth < 8; depth += 1) {
        names.unshift(named(node, node.categoryId));
        node = node.parentId ? byId.get(node.parentId) : undefined;
      }
      return names.join(" / ") || (id ?? "");
    },
    [byId, named],
  );
}

// Names of colleagues, for those who may list users.
export function useUserName(): (id: string | undefined) => string {
  const user = useStore(session)?.user;
  const allowed = hasRole(user, "ROLE_ADMIN", "ROLE_TEAM_LEAD", "ROLE_SUPERVISOR");
  const { data } = useQuery({
    queryKey: ["users", "names"],
    queryFn: async () => (await listUsers({ pageSize: 500 })).users ?? [],
    staleTime: FRESH_MS,
    enabled: allowed,
  });
  const byId = useMemo(() => new Map((data ?? []).map((u) => [u.userId ?? "", u.displayName ?? ""])), [data]);
  return useCallback((id) => (id ? byId.get(id) || (id === user?.userId ? user?.displayName : "") || id.slice(0, 8) : ""), [byId, user]);
}

// The areas of the city are the counties and townships among the units.
export function useAreas(): { units: Unit[]; nameOf: (code: string | undefined) => string } {
  const { data } = useUnits();
  const named = useNamed();
  const units = useMemo(
    () => (data ?? []).filter((u) => u.areaCode && (u.kind === "county" || u.kind === "township")),
    [data],
  );
  const nameOf = useCallback(
    (code: string | undefined) => (code ? named(units.find((u) => u.areaCode === code), code) : ""),
    [named, units],
  );
  return { units, nameOf };
}

export interface TreeNode {
  value: string;
  title: string;
  words: string; // what typing is compared with
  disabled?: boolean;
  children?: TreeNode[];
}

interface Flat {
  id: string;
  parent: string;
  title: string;
  words: string;
  order: number;
  disabled: boolean;
}

export function toTree(items: Flat[]): TreeNode[] {
  const nodes = new Map(
    items.map((i) => [i.id, { node: { value: i.id, title: i.title, words: i.words, disabled: i.disabled } as TreeNode, order: i.order }]),
  );
  const roots: TreeNode[] = [];
  for (const item of [...items].sort((a, b) => a.order - b.order)) {
    const node = nodes.get(item.id)?.node;
    if (!node) continue;
    const parent = item.parent && item.parent !== item.id ? nodes.get(item.parent)?.node : undefined;
    if (parent) (parent.children ??= []).push(node);
    else roots.push(node);
  }
  return roots;
}

export function categoryTree(categories: Category[], named: (c: Category) => string): TreeNode[] {
  return toTree(
    categories.map((c) => ({
      id: c.categoryId ?? "",
      parent: c.parentId ?? "",
      title: named(c),
      words: [c.name, c.nameEn, c.categoryId, ...(c.tags ?? [])].join(" ").toLowerCase(),
      order: c.order ?? 0,
      disabled: false,
    })),
  );
}

export function unitTree(units: Unit[], named: (u: Unit) => string): TreeNode[] {
  return toTree(
    units.map((u, i) => ({
      id: u.unitId ?? "",
      parent: u.parentId ?? "",
      title: named(u),
      words: [u.name, u.nameEn, u.unitId, ...(u.tags ?? [])].join(" ").toLowerCase(),
      order: i,
      disabled: u.active === false,
    })),
  );
}
