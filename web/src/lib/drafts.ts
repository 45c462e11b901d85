// What is typed is kept on this machine until it is saved: a lost connection, a reload or a crash loses nothing. A draft
// belongs to one user and is dropped after a day, so that a shared desk does not collect citizens' data.
const PREFIX = "hotline.draft.";
const KEEP_MS = 24 * 3600 * 1000;
const MAX_DRAFTS = 30;

interface Kept<T> {
  at: number;
  value: T;
}

const storage = (): Storage | undefined => {
  try {
    return globalThis.localStorage;
  } catch {
    return undefined; // storage may be forbidden by the browser's settings; drafts then live in the page alone
  }
};

export function draftKey(userId: string, name: string): string {
  return `${PREFIX}${userId}.${name}`;
}

export function readDraft<T>(key: string, nowMs: number = Date.now()): T | undefined {
  const text = storage()?.getItem(key);
  if (!text) return undefined;
  try {
    const kept = JSON.parse(text) as Kept<T>;
    if (nowMs - kept.at > KEEP_MS) {
      storage()?.removeItem(key);
      return undefined;
    }
    return kept.value;
  } catch {
    storage()?.removeItem(key);
    return undefined;
  }
}

export function writeDraft<T>(key: string, value: T, nowMs: number = Date.now()): void {
  try {
    storage()?.setItem(key, JSON.stringify({ at: nowMs, value } satisfies Kept<T>));
  } catch {
    prune(nowMs, 0); // the store is full of old drafts
  }
}

export function dropDraft(key: string): void {
  storage()?.removeItem(key);
}

// Removes drafts that are too old, and the oldest beyond `keep`.
export function prune(nowMs: number = Date.now(), keep: number = MAX_DRAFTS): void {
  const store = storage();
  if (!store) return;
  const found: { key: string; at: number }[] = [];
  for (let i = 0; i < store.length; i += 1) {
    const key = store.key(i);
    if (!key?.startsWith(PREFIX)) continue;
    try {
      found.push({ key, at: (JSON.parse(store.getItem(key) ?? "") as Kept<unknown>).at });
    } catch {
      found.push({ key, at: 0 });
    }
  }
  found.sort((a, b) => b.at - a.at);
  found.forEach(({ key, at }, i) => {
    if (i >= keep || nowMs - at > KEEP_MS) store.removeItem(key);
  });
}
