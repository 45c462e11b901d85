// The one way to the REST API: adds the token, renews it once on 401, turns refusals into Problem.
import createClient from "openapi-fetch";
import { noteServerDate } from "@/lib/clock";
import { Problem, toProblem } from "./problem";
import type { paths } from "./schema";
import { endSession, freshToken, renew } from "./session";

export async function authorisedFetch(input: Request): Promise<Response> {
  const token = await freshToken();
  const first = input.clone();
  first.headers.set("authorization", `Bearer ${token}`);
  let response = await reach(first);
  if (response.status === 401) {
    const again = input.clone();
    again.headers.set("authorization", `Bearer ${await renew(token)}`);
    response = await reach(again);
    if (response.status === 401) endSession();
  }
  return response;
}

async function reach(request: Request): Promise<Response> {
  try {
    const response = await fetch(request);
    noteServerDate(response.headers.get("date"));
    return response;
  } catch (error) {
    if (request.signal.aborted) throw error;
    throw new Problem(0, "UNREACHABLE", "");
  }
}

// Lists come as CSV too, for those who ask; here all is JSON.
export const client = createClient<paths, "application/json">({ baseUrl: globalThis.location?.origin ?? "", fetch: authorisedFetch });

// Unwraps openapi-fetch's answer.
export async function ask<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await call;
  if (!response.ok) throw toProblem(response.status, error);
  return (data ?? {}) as T;
}

// Bytes that only the token opens (CSV).
export async function fetchBlob(path: string, accept: string, signal?: AbortSignal): Promise<Blob> {
  const response = await authorisedFetch(
    new Request(new URL(path, globalThis.location.origin), { headers: { accept }, signal: signal ?? null }),
  );
  if (!response.ok) throw toProblem(response.status, await response.json().catch(() => null));
  return response.blob();
}
