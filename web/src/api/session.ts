// The session: tokens, who is signed in, and their renewal. A refresh token works once and its second use ends the whole
// session, so all tabs of a browser share one store and renew under one lock.
import type { Role, Tokens, User } from "@/api/types";
import { createStore } from "@/lib/store";
import { Problem, toProblem } from "./problem";

export interface Session {
  accessToken: string;
  refreshToken: string;
  // By this machine's clock: when the access token should be renewed.
  renewAtMs: number;
  user: User;
}

const KEY = "hotline.session";
const RENEW_BEFORE_MS = 60_000;
const LOCK_MS = 10_000;

function read(): Session | null {
  try {
    const text = localStorage.getItem(KEY);
    return text ? (JSON.parse(text) as Session) : null;
  } catch {
    return null;
  }
}

export const session = createStore<Session | null>(read());

function keep(next: Session | null): void {
  if (next) localStorage.setItem(KEY, JSON.stringify(next));
  else localStorage.removeItem(KEY);
  session.set(next);
}

// Another tab signed in, renewed or signed out.
globalThis.addEventListener?.("storage", (event: StorageEvent) => {
  if (event.key === KEY) session.set(read());
});

// The token's own times give its lifetime; the desk's clock may be wrong, so only the difference is used.
export function lifetimeMs(tokens: Tokens, nowMs: number): number {
  try {
    const payload = (tokens.accessToken ?? "").split(".")[1] ?? "";
    const claims = JSON.parse(atob(payload.replace(/-/g, "+").replace(/_/g, "/"))) as { iat?: number; exp?: number };
    if (claims.iat && claims.exp) return (claims.exp - claims.iat) * 1000;
  } catch {
    // not a JWT that says so: fall back to the stated time
  }
  const end = tokens.accessExpireTime ? Date.parse(tokens.accessExpireTime) : NaN;
  return Number.isNaN(end) ? RENEW_BEFORE_MS : Math.max(0, end - nowMs);
}

export function fromTokens(tokens: Tokens, user: User, nowMs: number = Date.now()): Session {
  const life = lifetimeMs(tokens, nowMs);
  return {
    accessToken: tokens.accessToken ?? "",
    refreshToken: tokens.refreshToken ?? "",
    renewAtMs: nowMs + Math.max(life / 2, life - RENEW_BEFORE_MS),
    user: tokens.user ?? user,
  };
}

async function post(path: string, body: unknown, token?: string): Promise<unknown> {
  let response: Response;
  try {
    response = await fetch(path, {
      method: "POST",
      headers: { "content-type": "application/json", ...(token ? { authorization: `Bearer ${token}` } : {}) },
      body: JSON.stringify(body),
    });
  } catch {
    throw new Problem(0, "UNREACHABLE", "");
  }
  const answer: unknown = await response.json().catch(() => null);
  if (!response.ok) throw toProblem(response.status, answer);
  return answer;
}

export async function signIn(userName: string, password: string): Promise<void> {
  const tokens = (await post("/v1/auth:signIn", { userName, password })) as Tokens;
  keep(fromTokens(tokens, {}));
}

export async function signOut(): Promise<void> {
  const now = session.get();
  if (!now) return;
  try {
    await post("/v1/auth:signOut", {}, now.accessToken);
  } catch {
    // The session ends here whatever the server says; its tokens are short-lived.
  }
  keep(null);
}

export function endSession(): void {
  keep(null);
}

async function withLock<T>(work: () => Promise<T>): Promise<T> {
  const locks = globalThis.navigator?.locks as LockManager | undefined;
  if (locks) return locks.request("hotline.refresh", work) as Promise<T>;
  // Origins without Web Locks (plain http on another machine): a lease in the shared store.
  const key = "hotline.refresh.lease";
  const me = String(Math.random());
  for (;;) {
    const lease = JSON.parse(localStorage.getItem(key) ?? "null") as { who: string; until: number } | null;
    if (!lease || lease.until < Date.now()) {
      localStorage.setItem(key, JSON.stringify({ who: me, until: Date.now() + LOCK_MS }));
      await new Promise((done) => setTimeout(done, 20 + Math.random() * 30));
      const seen = JSON.parse(localStorage.getItem(key) ?? "null") as { who: string } | null;
      if (seen?.who === me) break;
    } else {
      await new Promise((done) => setTimeout(done, 50));
    }
  }
  try {
    return await work();
  } finally {
    localStorage.removeItem(key);
  }
}

let running: Promise<string> | null = null;

// Renews the token that turned out stale. Whoever comes second, in this tab or another, gets what the first one got.
export function renew(stale: string): Promise<string> {
  running ??= withLock(async () => {
    const now = read();
    if (!now) throw new Problem(401, "SIGNED_OUT", "");
    if (now.accessToken !== stale) {
      session.set(now);
      return now.accessToken;
    }
    try {
      const tokens = (await post("/v1/auth:refresh", { refreshToken: now.refreshToken })) as Tokens;
      const next = fromTokens(tokens, now.user);
      keep(next);
      return next.accessToken;
    } catch (error) {
      // Only a refusal ends the session; an unreachable server does not.
      if (error instanceof Problem && error.status >= 400 && error.status < 500 && error.status !== 429) keep(null);
      throw error;
    }
  }).finally(() => {
    running = null;
  });
  return running;
}

// A token good for at least a little while.
export async function freshToken(): Promise<string> {
  const now = session.get();
  if (!now) throw new Problem(401, "SIGNED_OUT", "");
  if (Date.now() < now.renewAtMs) return now.accessToken;
  return renew(now.accessToken);
}

export function hasRole(user: User | undefined, ...roles: Role[]): boolean {
  return !!user?.roles?.some((role) => roles.includes(role));
}
