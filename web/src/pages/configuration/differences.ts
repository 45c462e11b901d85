// Two states of something that is configured, each as named lines of text, held against one another.
export type Lines = [name: string, text: string][];

export interface Difference {
  name: string;
  before: string | undefined; // undefined: not there
  after: string | undefined;
}

export function differences(before: Lines, after: Lines): Difference[] {
  const old = new Map(before);
  const now = new Map(after);
  const names = [...old.keys(), ...[...now.keys()].filter((name) => !old.has(name))];
  return names.map((name) => ({ name, before: old.get(name), after: now.get(name) })).filter((d) => d.before !== d.after);
}

// Names that stand twice get a number, so that no line hides another.
export function numbered(lines: Lines): Lines {
  const seen = new Map<string, number>();
  return lines.map(([name, text]) => {
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return [count > 1 ? `${name} (${count})` : name, text];
  });
}
