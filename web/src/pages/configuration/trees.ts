// Rows of a tree, parents before their children, each with its depth. What names a parent that is not there stands at the top.
export interface TreeRow<T> {
  item: T;
  depth: number;
}

export function inTree<T>(items: T[], idOf: (item: T) => string, parentOf: (item: T) => string, orderOf: (item: T) => number): TreeRow<T>[] {
  const known = new Set(items.map(idOf));
  const below = new Map<string, T[]>();
  for (const item of [...items].sort((a, b) => orderOf(a) - orderOf(b))) {
    const parent = known.has(parentOf(item)) && parentOf(item) !== idOf(item) ? parentOf(item) : "";
    below.set(parent, [...(below.get(parent) ?? []), item]);
  }
  const rows: TreeRow<T>[] = [];
  const walk = (parent: string, depth: number) => {
    for (const item of below.get(parent) ?? []) {
      rows.push({ item, depth });
      if (idOf(item)) walk(idOf(item), depth + 1);
    }
  };
  walk("", 0);
  return rows;
}
