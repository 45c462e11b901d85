// A document template's body (TKT-14) as the editor has it. What the editor does not know stays as it was.
import type { Lines } from "./differences";

export interface TemplateField {
  id: string;
  name: string;
  required?: boolean;
  max?: number;
  multiline?: boolean;
}
export interface TemplateBlock {
  kind: string;
  rows?: string[][];
  widths?: number[];
  min_lines?: number[];
  [text: string]: unknown;
}
export interface TemplateBody {
  template_id: string;
  name: string;
  name_en?: string;
  number?: string;
  audience: string;
  fields?: TemplateField[];
  blocks: TemplateBlock[];
}

export const AUDIENCES = ["unit", "centre", "outside"] as const;

// The texts of each kind of block, as services/ticket/domain/document_template.cpp has them (held against it by a test).
export const BLOCK_TEXTS: Record<string, string[]> = {
  red_head: ["text", "number"],
  title: ["text"],
  subtitle: ["text"],
  addressee: ["text"],
  paragraph: ["text"],
  heading: ["text"],
  note: ["text"],
  form: [],
  signature: ["unit", "date"],
  copy_to: ["text", "printed_by", "date"],
};
export const BLOCK_KINDS = Object.keys(BLOCK_TEXTS);

// What every template may use, as the service has it (held against it by a test).
export const PLACEHOLDERS = [
  "number", "year", "sequence", "date", "centre", "ticket_number", "acceptance_number", "ticket_type", "urgency", "channel", "title", "content", "category", "area", "place", "party", "caller_name", "caller_phone", "caller_address", "caller_work_unit",
  "unit", "co_units", "accepted", "due", "answer", "maker", "maker_unit",
] as const;

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);

// Undefined when the text is no body that the editor could show.
export function parseBody(text: string): TemplateBody | undefined {
  try {
    const body: unknown = JSON.parse(text);
    if (!isRecord(body) || !Array.isArray(body.blocks) || !body.blocks.every(isRecord)) return undefined;
    if (body.fields !== undefined && !(Array.isArray(body.fields) && body.fields.every(isRecord))) return undefined;
    const rowsAreTexts = (block: Record<string, unknown>) => block.rows === undefined || (Array.isArray(block.rows) && block.rows.every((row) => Array.isArray(row) && row.every((cell) => typeof cell === "string")));
    if (!body.blocks.every(rowsAreTexts)) return undefined;
    return body as unknown as TemplateBody;
  } catch {
    return undefined;
  }
}

export const printBody = (body: TemplateBody): string => JSON.stringify(body, null, 1);

// The rows of a form, one a line, cells parted by a bar; within a cell a line break is "\n" and a bar "\|".
const BAR = " | ";
const escaped = (cell: string) => cell.replace(/\n/g, "\\n").replace(/\|/g, "\\|");
const unescaped = (cell: string) => cell.trim().replace(/\\n/g, "\n").replace(/\\\|/g, "|");
export const rowsText = (rows: string[][] | undefined): string => (rows ?? []).map((row) => row.map(escaped).join(BAR)).join("\n");
export const rowsOf = (text: string): string[][] =>
  text
    .split("\n")
    .filter((line) => line.trim())
    .map((line) => line.split(/(?<!\\)\|/).map(unescaped));

export const numbersText = (numbers: number[] | undefined): string => (numbers ?? []).join(", ");
// Undefined leaves the key out.
export function numbersOf(text: string): number[] | undefined {
  const found = text.split(/[,，\s]+/).filter(Boolean).map(Number).filter(Number.isFinite);
  return found.length ? found : undefined;
}

// Texts that the new kind has no use for go; the first text moves along.
export function blockOfKind(block: TemplateBlock, kind: string): TemplateBlock {
  const next: TemplateBlock = { kind };
  for (const key of BLOCK_TEXTS[kind] ?? []) next[key] = typeof block[key] === "string" ? block[key] : "";
  if (kind === "form") next.rows = block.rows ?? [["", ""]];
  return next;
}

// Placeholders in texts that nobody knows, so that a slip shows before the server is asked.
export function unknownPlaceholders(body: TemplateBody): string[] {
  const known = new Set<string>([...PLACEHOLDERS, ...(body.fields ?? []).map((f) => f.id)]);
  const texts = body.blocks.flatMap((block) => [...(BLOCK_TEXTS[block.kind] ?? []).map((key) => String(block[key] ?? "")), ...(block.rows ?? []).flat()]);
  const used = texts.flatMap((text) => [...text.matchAll(/\{\{(.*?)\}\}/g)].map((m) => m[1] ?? ""));
  return [...new Set(used)].filter((name) => !known.has(name));
}

// Base64 as proto3 JSON carries bytes.
export function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
}

export interface TemplateTexts {
  name: string;
  nameEn: string;
  number: string;
  audience: string;
  audienceOf: (audience: string) => string;
  block: (kind: string, at: number) => string;
  field: (id: string) => string;
  must: string;
  multiline: string;
  source: string;
}

const numbersLine = (numbers: number[] | undefined): string => (numbers?.length ? `[${numbersText(numbers)}]` : "");

// A body as named lines, so that versions can be held against one another; what the editor cannot read is one line of source.
export function templateLines(body: TemplateBody | undefined, source: string, texts: TemplateTexts): Lines {
  if (!body) return [[texts.source, source]];
  const lines: Lines = [
    [texts.name, body.name],
    [texts.nameEn, body.name_en ?? ""],
    [texts.number, body.number ?? ""],
    [texts.audience, texts.audienceOf(body.audience)],
  ];
  body.blocks.forEach((block, i) => {
    const parts = [...(BLOCK_TEXTS[block.kind] ?? []).map((key) => String(block[key] ?? "")), rowsText(block.rows), numbersLine(block.widths), numbersLine(block.min_lines)];
    lines.push([texts.block(block.kind, i + 1), parts.filter(Boolean).join("\n")]);
  });
  for (const field of body.fields ?? []) {
    const more = [field.name, field.max ? String(field.max) : "", field.required ? texts.must : "", field.multiline ? texts.multiline : ""];
    lines.push([texts.field(field.id), more.filter(Boolean).join(" · ")]);
  }
  return lines;
}
