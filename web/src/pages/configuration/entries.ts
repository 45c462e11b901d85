// The dispatch catalogue on the screen (STD-6): finding entries, naming new ones, telling whether they hold.
import type { CatalogueChange, CatalogueEntry } from "@/api/configuration";
import type { Difference } from "./differences";

export const EMPTY_ENTRY: CatalogueEntry = { entryId: "", categoryId: "", areaCode: "", unitId: "", coUnitIds: [], sure: false, effectiveFrom: "", effectiveTo: "", note: "" };

export type Standing = "upcoming" | "holds" | "expired";
// Days are text as 2026-12-01, so that they compare as they stand.
export function standing(entry: Pick<CatalogueEntry, "effectiveFrom" | "effectiveTo">, today: string): Standing {
  if (entry.effectiveTo && entry.effectiveTo < today) return "expired";
  if (entry.effectiveFrom && entry.effectiveFrom > today) return "upcoming";
  return "holds";
}

const ID_MAX = 64;
// An id that says what the entry is about and that nobody has yet.
export function proposeId(entry: CatalogueEntry, taken: Set<string>): string {
  if (!entry.categoryId) return "";
  const type = entry.type && entry.type !== "TICKET_TYPE_UNSPECIFIED" ? entry.type.replace("TICKET_TYPE_", "").toLowerCase() : "";
  const base = [entry.categoryId, entry.areaCode ?? "", type].filter(Boolean).join(":").slice(0, ID_MAX - 4);
  for (let n = 1; ; n += 1) {
    const id = n === 1 ? base : `${base}-${n}`;
    if (!taken.has(id)) return id;
  }
}

export interface Names {
  category: (id: string | undefined) => string;
  area: (code: string | undefined) => string;
  unit: (id: string | undefined) => string;
  type: (type: CatalogueEntry["type"]) => string;
}

// What typing is compared with.
export function wordsOf(entry: CatalogueEntry, names: Names): string {
  const units = [entry.unitId, ...(entry.coUnitIds ?? [])];
  return [entry.entryId, entry.categoryId, names.category(entry.categoryId), entry.areaCode, names.area(entry.areaCode), ...units, ...units.map(names.unit), entry.note].join(" ").toLowerCase();
}

export function found(entry: CatalogueEntry, names: Names, typed: string): boolean {
  const words = wordsOf(entry, names);
  return typed.toLowerCase().split(/\s+/).every((word) => words.includes(word));
}

export interface EntryTexts {
  anywhere: string;
  anyType: string;
  sure: string;
  arrow: string;
  comma: string;
  span: (from: string, to: string) => string;
}

// One line of text that says all of an entry.
export function entryText(entry: CatalogueEntry, names: Names, texts: EntryTexts): string {
  const where = entry.areaCode ? names.area(entry.areaCode) || entry.areaCode : texts.anywhere;
  const type = entry.type && entry.type !== "TICKET_TYPE_UNSPECIFIED" ? names.type(entry.type) : texts.anyType;
  const units = [entry.unitId, ...(entry.coUnitIds ?? [])].map(names.unit).join(texts.comma);
  const more = [
    entry.sure ? texts.sure : "",
    entry.effectiveFrom || entry.effectiveTo ? texts.span(entry.effectiveFrom ?? "", entry.effectiveTo ?? "") : "",
    entry.note ?? "",
  ].filter(Boolean);
  return [`${names.category(entry.categoryId)} · ${where} · ${type} ${texts.arrow} ${units}`, ...more].join(" · ");
}

export function changeRows(changes: CatalogueChange[], names: Names, texts: EntryTexts): Difference[] {
  return changes.map((change) => ({
    name: change.after?.entryId ?? change.before?.entryId ?? "",
    before: change.before ? entryText(change.before, names, texts) : undefined,
    after: change.after ? entryText(change.after, names, texts) : undefined,
  }));
}

export function countChanges(changes: CatalogueChange[]): { added: number; changed: number; removed: number } {
  const count = { added: 0, changed: 0, removed: 0 };
  for (const { kind } of changes) if (kind === "added" || kind === "changed" || kind === "removed") count[kind] += 1;
  return count;
}
