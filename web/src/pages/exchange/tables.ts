// Tables of tickets in and out (TKT-18): addresses of the files, and what may be sent.
import type { Import, ListTicketsRequest, Role } from "@/api/types";
import { num } from "@/lib/format";
import { compact } from "@/lib/tickets";

export type Format = "csv" | "xlsx";
export const FORMATS: Format[] = ["csv", "xlsx"];
export const ACCEPTED = ".csv,.xlsx";
export const MIN_REASON = 2;
export const MAX_REASON = 200;
const MIB = 1024 * 1024;
const MAX_BYTES: Record<Format, number> = { csv: 1024 * MIB, xlsx: 64 * MIB };
const TYPES: Record<Format, string> = { csv: "text/csv", xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" };

export const EXPORTERS: Role[] = [
  "ROLE_DISPATCHER", "ROLE_SUPERVISOR", "ROLE_ANALYST", "ROLE_LEADER", "ROLE_COUNTY_SUPERVISOR", "ROLE_OFFICER", "ROLE_UNIT_LEAD", "ROLE_UNIT_HEAD", "ROLE_ENTRY_CLERK",
];

export function formatOf(fileName: string): Format | undefined {
  const lower = fileName.toLowerCase();
  return FORMATS.find((one) => lower.endsWith(`.${one}`));
}

export type TableFault = "table" | "size" | "empty";
export function faultOfTable(file: { name: string; size: number }): TableFault | undefined {
  const format = formatOf(file.name);
  if (!format) return "table";
  if (file.size === 0) return "empty";
  return file.size > MAX_BYTES[format] ? "size" : undefined;
}
export const typeOfTable = (fileName: string): string => TYPES[formatOf(fileName) ?? "csv"];

export function importPath(fileName: string, dryRun: boolean, requestId: string): string {
  return `/v1/ticketImports?${new URLSearchParams({ fileName, requestId, ...(dryRun ? { dryRun: "true" } : {}) })}`;
}
export const reportPath = (importId: string, format: Format): string => `/v1/ticketImports/${encodeURIComponent(importId)}/report?format=${format}`;
export const templatePath = (format: Format): string => `/v1/ticketImportTemplate?format=${format}`;

// The list as it is filtered.
export function exportPath(filter: ListTicketsRequest, format: Format, reason: string): string {
  const query = new URLSearchParams({ format, reason });
  for (const [name, value] of Object.entries(compact(filter)))
    for (const one of Array.isArray(value) ? value : [value]) query.append(`filter.${name}`, String(one));
  return `/v1/ticketExport?${query}`;
}

export const isRunning = (one: Pick<Import, "state">): boolean => one.state === "running";
export function percentOf(one: Import): number {
  const total = num(one.totalRows);
  return total === 0 ? (isRunning(one) ? 0 : 100) : Math.floor((100 * num(one.doneRows)) / total);
}
