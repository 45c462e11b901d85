import { beforeEach, describe, expect, it, vi } from "vitest";

// The browser's parts that a session needs, in memory.
function browser() {
  const kept = new Map<string, string>();
  vi.stubGlobal("localStorage", {
    getItem: (k: string) => kept.get(k) ?? null,
    setItem: (k: string, v: string) => void kept.set(k, v),
    removeItem: (k: string) => void kept.delete(k),
  });
  let tail: Promise<unknown> = Promise.resolve();
  vi.stubGlobal("navigator", {
    locks: {
      request: (_: string, work: () => Promise<unknown>) => {
        const mine = tail.then(work, work);
        tail = mine.catch(() => undefined);
        return mine;
      },
    },
  });
  return kept;
}

const json = (status: number, body: unknown) => new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });
const seed = (kept: Map<string, string>, access: string, refresh: string) =>
  kept.set("hotline.session", JSON.stringify({ accessToken: access, refreshToken: refresh, renewAtMs: Date.now() + 60_000, user: { userId: "u" } }));

describe("token renewal", () => {
  let kept: Map<string, string>;
  beforeEach(() => {
    vi.resetModules();
    vi.unstubAllGlobals();
    kept = browser();
  });

  it("uses a refresh token once, however many requests found the token stale", async () => {
    seed(kept, "a1", "r1");
    const fetch = vi.fn(async () => json(200, { accessToken: "a2", refreshToken: "r2" }));
    vi.stubGlobal("fetch", fetch);
    const { renew } = await import("./session");
    expect(await Promise.all([renew("a1"), renew("a1"), renew("a1")])).toEqual(["a2", "a2", "a2"]);
    expect(fetch).toHaveBeenCalledTimes(1);
  });

  it("takes what another tab has renewed meanwhile", async () => {
    seed(kept, "a1", "r1");
    const fetch = vi.fn();
    vi.stubGlobal("fetch", fetch);
    const { renew } = await import("./session");
    seed(kept, "a9", "r9");
    expect(await renew("a1")).toBe("a9");
    expect(fetch).not.toHaveBeenCalled();
  });

  it("ends the session when the renewal is refused, not when the server is away", async () => {
    seed(kept, "a1", "r1");
    const fetch = vi.fn().mockRejectedValueOnce(new TypeError("network")).mockResolvedValueOnce(json(503, {})).mockResolvedValueOnce(json(401, { reason: "BAD_TOKEN" }));
    vi.stubGlobal("fetch", fetch);
    const { renew, session } = await import("./session");
    await expect(renew("a1")).rejects.toMatchObject({ status: 0 });
    await expect(renew("a1")).rejects.toMatchObject({ status: 503 });
    expect(session.get()?.accessToken).toBe("a1");
    await expect(renew("a1")).rejects.toMatchObject({ reason: "BAD_TOKEN" });
    expect(session.get()).toBeNull();
  });

  it("reckons a token's life from the token itself, whatever the desk's clock says", async () => {
    const { lifetimeMs } = await import("./session");
    const payload = btoa(JSON.stringify({ iat: 1000, exp: 1900 }));
    expect(lifetimeMs({ accessToken: `h.${payload}.s`, accessExpireTime: "1970-01-01T00:00:00Z" }, Date.now())).toBe(900_000);
    expect(lifetimeMs({ accessToken: "opaque", accessExpireTime: new Date(5000).toISOString() }, 1000)).toBe(4000);
  });

  it("repeats a request once with the renewed token", async () => {
    seed(kept, "a1", "r1");
    vi.stubGlobal("location", { origin: "http://hotline.test", href: "http://hotline.test/" });
    const seen: string[] = [];
    vi.stubGlobal("fetch", async (input: Request | string, init?: RequestInit) => {
      if (input === "/v1/auth:refresh") return json(200, { accessToken: "a2", refreshToken: "r2", init: !!init });
      const token = (input as Request).headers.get("authorization") ?? "";
      seen.push(token);
      return token === "Bearer a2" ? json(200, { number: "1" }) : json(401, {});
    });
    const { getTicket } = await import("./endpoints");
    expect(await getTicket("t 1")).toEqual({ number: "1" });
    expect(seen).toEqual(["Bearer a1", "Bearer a2"]);
  });
});
