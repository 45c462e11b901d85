// The keys of the suite. They are chosen so that neither the browser nor an input method uses them, and they are listed
// for people by Ctrl+/.
import { useEffect, useRef } from "react";

export type ShortcutId =
  | "answer"
  | "hangUp"
  | "hold"
  | "mute"
  | "toRating"
  | "nextState"
  | "search"
  | "save"
  | "saveAndAnswer"
  | "saveAndDispatch"
  | "saveForLater"
  | "nextUnit"
  | "map"
  | "jump"
  | "help";

export const SHORTCUTS: { id: ShortcutId; keys: string }[] = [
  { id: "answer", keys: "F2" },
  { id: "hangUp", keys: "F4" },
  { id: "nextState", keys: "F7" },
  { id: "hold", keys: "F8" },
  { id: "mute", keys: "F9" },
  { id: "toRating", keys: "F10" },
  { id: "save", keys: "Ctrl+Enter" },
  { id: "saveAndAnswer", keys: "Ctrl+Shift+Enter" },
  { id: "saveAndDispatch", keys: "Alt+Enter" },
  { id: "saveForLater", keys: "Alt+Shift+Enter" },
  { id: "nextUnit", keys: "Alt+U" },
  { id: "map", keys: "Alt+M" },
  { id: "jump", keys: "Alt+1 … Alt+9" },
  { id: "search", keys: "Ctrl+K" },
  { id: "help", keys: "Ctrl+/" },
];

export const keysOf = (id: ShortcutId): string => SHORTCUTS.find((s) => s.id === id)?.keys ?? "";

// "Ctrl+Shift+Enter", "F2", "Alt+3"; the digit is read from the key's place, because Alt changes its letter on some keyboards.
export function chordOf(event: Pick<KeyboardEvent, "key" | "code" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">): string {
  const key = event.altKey && event.code.startsWith("Digit") ? event.code.slice(5) : event.key.length === 1 ? event.key.toUpperCase() : event.key;
  return [event.ctrlKey || event.metaKey ? "Ctrl" : "", event.altKey ? "Alt" : "", event.shiftKey ? "Shift" : "", key]
    .filter(Boolean)
    .join("+");
}

export function useKeys(keys: Record<string, () => void>, enabled = true): void {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    if (!enabled) return undefined;
    const onKey = (event: KeyboardEvent) => {
      if (event.isComposing || event.repeat) return; // an input method is at work, or the key is held down
      const handler = latest.current[chordOf(event)];
      if (!handler) return;
      event.preventDefault();
      handler();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [enabled]);
}

// Whether keys without a modifier belong to what has the focus: text is typed there, or arrows move in it.
function takesKeys(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target.getAttribute("role") === "combobox") return true;
  if (target.closest("[role=listbox], [role=dialog]")) return true;
  if (!(target instanceof HTMLInputElement)) return key === "Enter" && (target instanceof HTMLButtonElement || target instanceof HTMLAnchorElement);
  return key.startsWith("Arrow") || (target.type !== "radio" && target.type !== "checkbox");
}

// Single keys, for desks where nothing is typed most of the time.
export function usePlainKeys(keys: Record<string, () => void>, enabled = true): void {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    if (!enabled) return undefined;
    const onKey = (event: KeyboardEvent) => {
      if (event.isComposing || event.repeat || event.ctrlKey || event.metaKey || event.altKey || takesKeys(event.target, event.key)) return;
      const handler = latest.current[event.key.length === 1 ? event.key.toUpperCase() : event.key];
      if (!handler) return;
      event.preventDefault();
      handler();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [enabled]);
}

// Alt+n puts the cursor into the part of the screen marked data-part="n".
export function useJumps(enabled = true): void {
  const jumps = Object.fromEntries(
    Array.from({ length: 9 }, (_, i) => [`Alt+${i + 1}`, () => focusPart(i + 1)] as const),
  );
  useKeys(jumps, enabled);
}

function focusPart(n: number): void {
  const part = document.querySelector<HTMLElement>(`[data-part="${n}"]`);
  const target = part?.querySelector<HTMLElement>(
    "textarea:not([disabled]), input:not([disabled]):not([type=radio]), input[type=radio]:checked, button:not([disabled]), a[href]",
  );
  part?.scrollIntoView({ block: "nearest" });
  target?.focus();
}
