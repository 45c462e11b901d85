// What a service refused, field by field, at the field of the screen: "process.fields[2].field_id" is that of the third row.
import { useMemo } from "react";
import { asProblem, type FieldFault } from "@/api/problem";
import { useFaultText } from "@/components/Problems";

// "process.fields[2].field_id" -> "fields[2].fieldId" below the root "process"; what stands in brackets is somebody's own name.
export function pathBelow(root: string, field: string): string {
  const camel = field.replace(/\[[^\]]*\]|_([a-z0-9])/g, (whole, c?: string) => (c ? c.toUpperCase() : whole));
  return root && camel.startsWith(`${root}.`) ? camel.slice(root.length + 1) : camel;
}

export function faultsBelow(root: string, fields: FieldFault[]): Map<string, FieldFault> {
  const found = new Map<string, FieldFault>();
  for (const fault of fields) {
    const path = pathBelow(root, fault.field);
    if (!found.has(path)) found.set(path, fault);
  }
  return found;
}

// Whether a fault lies at the path or below it.
export const lies = (fault: string, path: string): boolean => fault === path || fault.startsWith(`${path}.`) || fault.startsWith(`${path}[`);

export interface Faults {
  at: (path: string) => string | undefined; // the sentence for the field itself
  under: (path: string) => string | undefined; // the first of the field or anything in it
  first: string; // path of the first; empty: none
}

export function useFaults(error: unknown, root: string): Faults {
  const text = useFaultText();
  return useMemo(() => {
    const found = error ? faultsBelow(root, asProblem(error).fields) : new Map<string, FieldFault>();
    const say = (fault: FieldFault | undefined) => {
      if (!fault) return undefined;
      const named = /\{\{.*?\}\}/.exec(fault.description)?.[0]; // a placeholder that is at fault
      return [text(fault.reason, fault.description), named].filter(Boolean).join(" ");
    };
    return {
      at: (path) => say(found.get(path)),
      under: (path) => say([...found].find(([key]) => lies(key, path))?.[1]),
      first: [...found.keys()][0] ?? "",
    };
    // The texts change with the language alone, and the whole screen is drawn again then.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [error, root]);
}

// What to do with a text of the wrong form before it is sent at all: rows of a list, moved, put and taken out.
export const moved = <T,>(list: T[], from: number, to: number): T[] => {
  if (to < 0 || to >= list.length || from === to) return list;
  const next = [...list];
  const [one] = next.splice(from, 1);
  if (one !== undefined) next.splice(to, 0, one);
  return next;
};
export const replaced = <T,>(list: T[], at: number, part: Partial<T>): T[] => list.map((one, i) => (i === at ? { ...one, ...part } : one));
export const without = <T,>(list: T[], at: number): T[] => list.filter((_, i) => i !== at);
