// A table that stays smooth with ten thousand rows: rows have one height, and only those near the window exist. Short
// lists may grow with the page instead of scrolling.
import { type ReactNode, useLayoutEffect, useRef, useState } from "react";

export interface Column<T> {
  key: string;
  title: ReactNode;
  width: string; // a track of the grid: "120px", "minmax(160px, 2fr)"
  align?: "right";
  render: (row: T) => ReactNode;
}

const ROW_PX = 34;
const OVERSCAN = 12;
const NEAR_END_PX = 800;

export interface Window {
  first: number;
  last: number; // exclusive
}

// Which rows to draw for a scroll position.
export function windowOf(count: number, scrollTop: number, height: number): Window {
  const first = Math.max(0, Math.floor(scrollTop / ROW_PX) - OVERSCAN);
  const last = Math.min(count, Math.ceil((scrollTop + height) / ROW_PX) + OVERSCAN);
  return { first: Math.min(first, Math.max(0, count - 1)), last };
}

// Follows the scroll position of a table that scrolls inside.
function useRows(fill: boolean, count: number, onNearEnd: (() => void) | undefined) {
  const body = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(600);
  useLayoutEffect(() => {
    const element = body.current;
    if (!element || !fill) return undefined;
    const observer = new ResizeObserver(() => setHeight(element.clientHeight));
    observer.observe(element);
    return () => observer.disconnect();
  }, [fill]);
  const onScroll = () => {
    const element = body.current;
    if (!element) return;
    setTop(element.scrollTop);
    if (element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_END_PX) onNearEnd?.();
  };
  const shown = fill ? windowOf(count, top, height) : { first: 0, last: count };
  return { body, onScroll: fill ? onScroll : undefined, ...shown };
}

export function DataTable<T>({
  label,
  columns,
  rows,
  rowKey,
  busy = false,
  empty,
  fill = false,
  onNearEnd,
}: {
  label: string;
  columns: Column<T>[];
  rows: T[];
  rowKey: (row: T) => string;
  busy?: boolean;
  empty: ReactNode;
  fill?: boolean; // takes the height it is given and scrolls inside
  onNearEnd?: () => void;
}) {
  const { body, onScroll, first, last } = useRows(fill, rows.length, onNearEnd);
  const template = { gridTemplateColumns: columns.map((c) => c.width).join(" ") };
  return (
    <div
      ref={body}
      className={fill ? "table fill" : "table"}
      role="table"
      aria-label={label}
      aria-rowcount={rows.length + 1}
      aria-busy={busy}
      tabIndex={fill ? 0 : undefined}
      onScroll={onScroll}
    >
      <div role="rowgroup" className="table-head">
        <div role="row" className="table-row" style={template} aria-rowindex={1}>
          {columns.map((c) => (
            <div key={c.key} role="columnheader" className={c.align === "right" ? "right" : undefined}>
              {c.title}
            </div>
          ))}
        </div>
      </div>
      <div role="rowgroup" style={fill ? { height: rows.length * ROW_PX, position: "relative" } : undefined}>
        {rows.slice(first, last).map((row, i) => (
          <div
            key={rowKey(row)}
            role="row"
            aria-rowindex={first + i + 2}
            className="table-row"
            style={fill ? { ...template, position: "absolute", top: (first + i) * ROW_PX, height: ROW_PX } : template}
          >
            {columns.map((c) => (
              <div key={c.key} role="cell" className={c.align === "right" ? "right" : undefined}>
                {c.render(row)}
              </div>
            ))}
          </div>
        ))}
      </div>
      {rows.length === 0 && !busy && <div role="row" className="table-empty"><div role="cell">{empty}</div></div>}
    </div>
  );
}
