// RFC 9457 problem details as the gateway sends them, and what stands in for them when no answer came at all.
export interface FieldFault {
  field: string;
  description: string;
  reason: string;
}

export class Problem extends Error {
  constructor(
    readonly status: number, // 0: the server was not reached
    readonly reason: string, // stable, UPPER_SNAKE
    readonly detail: string,
    readonly fields: FieldFault[] = [],
  ) {
    super(reason);
    this.name = "Problem";
  }
}

type Loose = Record<string, unknown>;

const text = (v: unknown): string => (typeof v === "string" ? v : "");

export function toProblem(status: number, body: unknown): Problem {
  const b: Loose = typeof body === "object" && body !== null ? (body as Loose) : {};
  const list = [b.errors, b.fieldViolations, b.violations].find(Array.isArray) as Loose[] | undefined;
  const fields = (list ?? []).map((f) => ({
    field: text(f.field) || text(f.pointer) || text(f.name),
    description: text(f.description) || text(f.detail) || text(f.message),
    reason: text(f.reason),
  }));
  return new Problem(status, text(b.reason) || text(b.code) || `HTTP_${status}`, text(b.detail) || text(b.title), fields);
}

export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof TypeError) return new Problem(0, "UNREACHABLE", "");
  return new Problem(0, "UNKNOWN", error instanceof Error ? error.message : "");
}
