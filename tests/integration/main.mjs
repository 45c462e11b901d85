// What the REST contract promises of the running suite: its description, who comes in, refusals by name, repetition,
// concurrency, paging, CSV, limits, health.
import assert from "node:assert/strict";
import { createPublicKey, randomUUID, verify } from "node:crypto";
import { Api, as, base, failed, signins, test, waitFor } from "../e2e/harness.mjs";

const SERVICES = ["acd", "agent_state", "analytics", "directory", "ivr", "knowledge_base", "sla_timer", "telephony", "ticket"];
const AT_ONCE = 100;
const json = async (path) => (await fetch(base + path)).json();
const problemOf = async (answer) => {
  assert.match(answer.headers.get("content-type"), /^application\/problem\+json/);
  const problem = await answer.json();
  for (const member of ["type", "title", "status", "detail", "reason", "traceId"]) assert.ok(member in problem, `${member} in ${JSON.stringify(problem)}`);
  assert.equal(problem.status, answer.status);
  return problem;
};
const newTicket = (title) => ({
  ticket: { type: "TICKET_TYPE_SUGGESTION", channel: "CHANNEL_PHONE", title, content: title, categoryId: "urban.lamp", caller: { phone: "13900000099" } },
  requestId: randomUUID(),
});

await test("every service is ready", async () => {
  const health = await waitFor("readiness", async () => ((await fetch(`${base}/readyz`)).ok ? json("/readyz") : null));
  assert.equal(health.ready, true);
  for (const service of SERVICES) assert.equal(health.services[service], "SERVING", service);
  assert.equal((await fetch(`${base}/healthz`)).status, 200);
});

const api = await json("/openapi.json");
const operations = Object.entries(api.paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ path, method, ...operation })));

await test("CH-4 the OpenAPI document is whole: every operation described, every reference there", async () => {
  assert.match(api.openapi, /^3\./);
  assert.ok(api.info.title && api.info.version);
  assert.ok(operations.length > 60, `${operations.length} operations`);
  const ids = new Set();
  for (const o of operations) {
    assert.ok(o.operationId && !ids.has(o.operationId), `operationId of ${o.method} ${o.path}`);
    ids.add(o.operationId);
    assert.ok(o.summary && o.responses, `${o.method} ${o.path} is described`);
    const inPath = [...o.path.matchAll(/\{([^}]+)\}/g)].map((m) => m[1]);
    for (const name of inPath) assert.ok(o.parameters?.some((p) => p.in === "path" && p.name === name && p.required), `${name} of ${o.path}`);
  }
  let references = 0;
  const walk = (node) => {
    if (node === null || typeof node !== "object") return;
    if (typeof node.$ref === "string") {
      references += 1;
      const target = node.$ref.replace(/^#\//, "").split("/").reduce((at, key) => at?.[key.replace(/~1/g, "/").replace(/~0/g, "~")], api);
      assert.ok(target, `${node.$ref} leads nowhere`);
    }
    Object.values(node).forEach(walk);
  };
  walk(api);
  return `${operations.length} operations, ${references} references`;
});

await test("the browsable page of the API is there and gets all it asks for", async () => {
  const page = await (await fetch(`${base}/docs`)).text();
  const parts = [...page.matchAll(/(?:src|href)="(\/docs\/[^"]+)"/g)].map((m) => m[1]);
  assert.ok(parts.length >= 2);
  for (const part of parts) assert.equal((await fetch(base + part)).status, 200, part);
});

await test("PLT-5 every operation but signing in refuses who has no token", async () => {
  const open = [];
  for (const o of operations) {
    const path = o.path.replace(/\{[^}]+\}/g, "x");
    const answer = await fetch(base + path, { method: o.method.toUpperCase(), headers: { "Content-Type": "application/json" }, body: o.method === "get" ? undefined : "{}" });
    if (o.security?.length === 0) open.push(o.path);
    else {
      assert.equal(answer.status, 401, `${o.method} ${path}: ${answer.status}`);
      await problemOf(answer);
    }
  }
  assert.deepEqual(open.sort(), ["/v1/auth:refresh", "/v1/auth:signIn"]);
  const forged = await new Api(`${(await as("agent3")).token.slice(0, -8)}AAAAAAAA`).raw("GET", "/v1/tickets");
  assert.equal(forged.status, 401);
});

await test("PLT-1 what a role may not do is refused by 403", async () => {
  const problem = await (await as("officer.gulou")).refused("POST", "/v1/tickets", newTicket("路灯"));
  assert.equal(problem.httpStatus, 403);
});

await test("PLT-3 unknown fields, bad values and bad page tokens are problems that name them", async () => {
  const agent = await as("agent3");
  const cases = [
    ["POST", "/v1/tickets", { ...newTicket("路灯"), colour: "red" }, /colour/],
    ["POST", "/v1/tickets", { ticket: { ...newTicket("路灯").ticket, type: "PURPLE" } }, /type/],
    ["POST", "/v1/tickets", { ticket: { ...newTicket("").ticket } }, /title/],
    ["GET", "/v1/tickets?colour=red", undefined, /colour/],
    ["GET", "/v1/tickets?states=PURPLE", undefined, /states/],
    ["GET", "/v1/tickets?pageSize=-1", undefined, /pageSize/],
    ["GET", "/v1/tickets?pageToken=nonsense", undefined, /pageToken/],
  ];
  for (const [method, path, body, named] of cases) {
    const answer = await agent.raw(method, path, body);
    assert.equal(answer.status, 400, `${method} ${path}`);
    assert.match(JSON.stringify((await problemOf(answer)).errors), named);
  }
});

await test("bodies that are no JSON, no JSON by type, too large, and methods that are not there", async () => {
  const headers = { Authorization: `Bearer ${(await as("agent3")).token}` };
  const send = (type, body, method = "POST") => fetch(`${base}/v1/tickets`, { method, headers: { ...headers, "Content-Type": type }, body });
  for (const [answer, status] of [[await send("application/json", "{bad"), 400], [await send("text/plain", "{}"), 415],
    [await send("application/json", JSON.stringify({ ticket: { content: "x".repeat(2_000_000) } })), 413], [await send("application/json", "{}", "PATCH"), 405]]) {
    assert.equal(answer.status, status);
    await problemOf(answer);
  }
  assert.equal((await (await as("agent3")).raw("GET", "/v1/nothing")).status, 404);
});

let made;
await test("a create that is repeated with its request id is done once, and another one is another", async () => {
  const agent = await as("agent3");
  const request = newTicket("小区路灯不亮");
  const answers = await Promise.all(Array.from({ length: 5 }, () => agent.post("/v1/tickets", request)));
  assert.equal(new Set(answers.map((a) => a.ticket.ticketId)).size, 1);
  made = answers[0].ticket;
  assert.match(made.acceptanceNumber, /^\d{8}$/);
  const other = await agent.post("/v1/tickets", { ...request, requestId: randomUUID() });
  assert.notEqual(other.ticket.ticketId, made.ticketId);
});

await test("TKT-16 of two who change the same ticket the second is told, and nothing is overwritten", async () => {
  const dispatcher = await as("dispatcher2");
  const path = `/v1/tickets/${made.ticketId}:dispatch`;
  const results = await Promise.all(["urban-management", "power-company"].map((unitId) => dispatcher.raw("POST", path, { etag: made.etag, unitId })));
  assert.deepEqual(results.map((r) => r.status).sort(), [200, 409]);
  const problem = await problemOf(results.find((r) => r.status === 409));
  assert.equal(problem.reason, "ETAG_MISMATCH");
  const { entries } = await dispatcher.get(`/v1/tickets/${made.ticketId}/history`);
  assert.equal(entries.filter((e) => e.action === "dispatched").length, 1);
  const wrong = await dispatcher.refused("POST", `/v1/tickets/${made.ticketId}:archive`, {});
  assert.equal(wrong.reason, "WRONG_STATE");
});

await test("pages hold every row once, and a token serves only the question it was made for", async () => {
  const agent = await as("agent3");
  const seen = [];
  let token = "";
  do {
    const page = await agent.get(`/v1/tickets?query=13900000099&pageSize=1&pageToken=${encodeURIComponent(token)}`);
    seen.push(...(page.tickets ?? []).map((t) => t.ticketId));
    token = page.nextPageToken ?? "";
    if (token) assert.equal((await agent.refused("GET", `/v1/tickets?pageSize=1&pageToken=${encodeURIComponent(token)}`)).httpStatus, 400);
  } while (token);
  assert.equal(new Set(seen).size, seen.length);
  assert.ok(seen.length >= 2 && seen.includes(made.ticketId));
});

await test("ANA-6 lists come as CSV too, with formulas made harmless", async () => {
  const agent = await as("agent3");
  const { ticket } = await agent.post("/v1/tickets", newTicket("=1+1,\"引号\""));
  const answer = await agent.raw("GET", "/v1/tickets?query=13900000099&pageSize=10", undefined, { Accept: "text/csv" });
  assert.match(answer.headers.get("content-type"), /^text\/csv/);
  const bytes = new Uint8Array(await answer.arrayBuffer());
  assert.deepEqual([...bytes.slice(0, 3)], [0xef, 0xbb, 0xbf]);
  const [head, ...rows] = new TextDecoder().decode(bytes).trim().split(/\r?\n/);
  assert.ok(head.includes("ticketId") && head.includes("caller.phone"));
  const row = rows.find((r) => r.includes(ticket.ticketId));
  assert.ok(row.includes("\"'=1+1,\"\"引号\"\"\""), row);
});

await test("PLT-1 tokens are signed as the published keys say, renewed, and ended at once by signing out", async () => {
  const post = (path, body, token) => fetch(base + path, { method: "POST", headers: { "Content-Type": "application/json", ...(token ? { Authorization: `Bearer ${token}` } : {}) }, body: JSON.stringify(body) });
  const signedIn = await (await post("/v1/auth:signIn", { userName: "operator1", password: signins.operator1 })).json();
  const [head, body, signature] = signedIn.accessToken.split(".");
  const { kid, alg } = JSON.parse(Buffer.from(head, "base64url"));
  assert.equal(alg, "EdDSA");
  const jwk = (await json("/.well-known/jwks.json")).keys.find((k) => k.kid === kid);
  assert.ok(jwk && !("d" in jwk), "public halves only");
  assert.ok(verify(null, Buffer.from(`${head}.${body}`), createPublicKey({ key: jwk, format: "jwk" }), Buffer.from(signature, "base64url")));
  const renewed = await (await post("/v1/auth:refresh", { refreshToken: signedIn.refreshToken })).json();
  assert.ok(renewed.accessToken && renewed.refreshToken !== signedIn.refreshToken);
  assert.equal((await post("/v1/auth:signIn", { userName: "operator1", password: "wrong" })).status, 401);
  const out = await post("/v1/auth:signOut", {}, renewed.accessToken);
  assert.equal(out.status, 200, await out.clone().text());
  await waitFor("the session to be over", async () => (await new Api(renewed.accessToken).raw("GET", "/v1/measures")).status === 401);
});

await test("PLT-3 an API key opens its unit's door, and none after it was revoked", async () => {
  const admin = await as("admin");
  const { apiKey, secret } = await admin.post("/v1/apiKeys", { apiKey: { unitId: "gas-company", label: "燃气系统", roles: ["ROLE_OFFICER"] }, requestId: randomUUID() });
  const byHeader = () => fetch(`${base}/v1/tickets`, { headers: { "X-API-Key": secret } });
  assert.equal((await byHeader()).status, 200);
  await admin.post(`/v1/apiKeys/${apiKey.keyId ?? apiKey.apiKeyId}:revoke`, {});
  await waitFor("the key to be refused", async () => (await byHeader()).status === 401);
});

await test("a user who asks too much is told when to come back, and others are not held up", async () => {
  const greedy = await as("contractor1");
  const refused = await waitFor("the limit", async () => {
    // Refused by the gateway itself, so that even a busy machine answers faster than the limit fills up again.
    const answers = await Promise.all(Array.from({ length: AT_ONCE }, () => greedy.raw("GET", "/v1/measures?colour=red")));
    return answers.find((a) => a.status === 429);
  });
  assert.ok(Number(refused.headers.get("retry-after")) >= 1);
  assert.equal((await problemOf(refused)).reason, "TOO_MANY_REQUESTS");
  assert.equal((await (await as("agent3")).raw("GET", "/v1/measures")).status, 200);
});

process.exit(failed() ? 1 : 0);
