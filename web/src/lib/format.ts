// Small formatting helpers that depend on no screen.
import type { Int64 } from "@/api/types";

export function num(value: Int64 | undefined | null): number {
  if (value === undefined || value === null) return 0;
  const n = typeof value === "number" ? value : Number(value);
  return Number.isFinite(n) ? n : 0;
}

const two = (n: number) => String(n).padStart(2, "0");

// 75 -> "01:15", 3675 -> "1:01:15"
export function clockSpan(totalSeconds: number): string {
  const s = Math.max(0, Math.floor(totalSeconds));
  const h = Math.floor(s / 3600);
  const m = Math.floor((s % 3600) / 60);
  return h > 0 ? `${h}:${two(m)}:${two(s % 60)}` : `${two(m)}:${two(s % 60)}`;
}

// The exact time in the reader's zone: "2026-11-22 09:05:03".
export function exactTime(iso: string | undefined): string {
  if (!iso) return "";
  const d = new Date(iso);
  if (Number.isNaN(d.getTime())) return "";
  return `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())} ${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}`;
}

// -1 means "nothing to divide by" in the figures.
export function percent(ratio: number | undefined, digits = 1): string {
  if (ratio === undefined || ratio < 0) return "–";
  return `${(ratio * 100).toFixed(digits)}%`;
}

// A UUID for request ids and tabs; randomUUID itself exists on secure origins only.
export function uuid(): string {
  if (typeof crypto.randomUUID === "function") return crypto.randomUUID();
  const b = crypto.getRandomValues(new Uint8Array(16));
  b[6] = ((b[6] ?? 0) & 0x0f) | 0x40;
  b[8] = ((b[8] ?? 0) & 0x3f) | 0x80;
  const hex = [...b].map((x) => x.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

// Days as <input type="date"> has them, in the reader's zone.
export function dayOf(iso: string | undefined): string {
  return exactTime(iso).slice(0, 10);
}
export function startOfDay(day: string): string {
  return new Date(`${day}T00:00:00`).toISOString();
}
export function endOfDay(day: string): string {
  return new Date(`${day}T23:59:59`).toISOString();
}
