// Loading, error and empty states, the same everywhere.
import { Alert, Button } from "antd";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { asProblem, type Problem } from "@/api/problem";

// A refusal in the reader's language: by its reason where it is known, else by its status. The field names and the
// server's own sentences follow for what went wrong field by field.
export function useProblemText(): (error: unknown) => string {
  const { t, i18n } = useTranslation();
  return (error) => {
    const p = asProblem(error);
    if (i18n.exists(`reason.${p.reason}`)) return t(`reason.${p.reason}` as never) as string;
    if (p.status === 0) return t("problem.unreachable");
    if (p.status === 400) return t("problem.badRequest");
    if (p.status === 403) return t("problem.forbidden");
    if (p.status === 404) return t("problem.notFound");
    if (p.status === 409 || p.status === 412) return t("problem.conflict");
    if (p.status === 429) return t("problem.tooMany");
    return t("problem.other", { status: p.status });
  };
}

export function useFieldName(): (field: string) => string {
  const { t, i18n } = useTranslation();
  // "fields[2].field_id" is "Fields 3 Id": rows are counted from one, and the row says where the field is.
  return (field) => {
    const [last = "", before = ""] = field.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`).split(".").reverse();
    const nameOf = (part: string) => {
      const [, name = part, row] = /^(\w+)\[(\d+)\]$/.exec(part) ?? [];
      if (!i18n.exists(`fieldName.${name}`)) return undefined;
      return `${t(`fieldName.${name}` as never) as string}${row === undefined ? "" : ` ${Number(row) + 1}`}`;
    };
    const name = nameOf(last);
    if (name === undefined) return field;
    const row = before.includes("[") ? nameOf(before) : undefined;
    return row ? `${row} ${name}` : name;
  };
}

export function useFaultText(): (reason: string, description: string) => string {
  const { t, i18n } = useTranslation();
  return (reason, description) =>
    i18n.exists(`faultReason.${reason}`) ? (t(`faultReason.${reason}` as never) as string) : description;
}

export function ProblemAlert({ error, onRetry }: { error: unknown; onRetry?: (() => void) | undefined }) {
  const { t } = useTranslation();
  const text = useProblemText();
  const fieldName = useFieldName();
  const faultText = useFaultText();
  const problem: Problem = asProblem(error);
  return (
    <Alert
      type="error"
      showIcon
      role="alert"
      message={text(error)}
      description={
        problem.fields.length > 0 ? (
          <ul className="faults">
            {problem.fields.map((f) => (
              <li key={`${f.field}${f.reason}`}>
                <b>{fieldName(f.field)}</b> {faultText(f.reason, f.description)}
              </li>
            ))}
          </ul>
        ) : undefined
      }
      action={
        onRetry ? (
          <Button size="small" onClick={onRetry}>
            {t("common.retry")}
          </Button>
        ) : undefined
      }
    />
  );
}

export function Loaded<T>({
  query,
  empty,
  isEmpty,
  rows = 4,
  children,
}: {
  query: UseQueryResult<T>;
  empty?: string;
  isEmpty?: (data: T) => boolean;
  rows?: number;
  children: (data: T) => ReactNode;
}) {
  const { t } = useTranslation();
  if (query.data !== undefined) {
    if (isEmpty?.(query.data)) return <NothingHere text={empty ?? t("common.empty")} />;
    return (
      <>
        {query.isError && <ProblemAlert error={query.error} onRetry={() => void query.refetch()} />}
        {children(query.data)}
      </>
    );
  }
  if (query.isError) return <ProblemAlert error={query.error} onRetry={() => void query.refetch()} />;
  return <Waiting rows={rows} />;
}

export function Waiting({ rows }: { rows: number }) {
  const { t } = useTranslation();
  return (
    <div className="waiting" aria-label={t("common.loading")} role="status">
      {Array.from({ length: rows }, (_, i) => (
        <span key={i} />
      ))}
    </div>
  );
}

export function NothingHere({ text }: { text: string }) {
  return <p className="nothing">{text}</p>;
}
