// Attachments and a real clamd with a database of one signature (TKT-2): what it finds is refused and nothing of it is kept, what
// is clean is served, and while it is away files wait. The suite's ticket service is pointed at it, and at the end as it was.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createConnection } from "node:net";
import { join } from "node:path";
import { as, base, control, failed, run, test, waitFor } from "../e2e/harness.mjs";

const data = process.env.SUITE_DATA;
const directory = join(data, "clamav");
const socket = join(directory, "clamd.ctl");
// The harmless text that every scanner takes for a virus (eicar.org), in two parts so that this file is none.
const EICAR = ["X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR", "STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"].join("-");
const SIGNATURE = "Hotline.Test.Eicar";
const DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

function startClamd() {
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, "test.ndb"), `${SIGNATURE}:0:*:${Buffer.from(EICAR).toString("hex")}\n`);
  // The limits are those of Debian's own configuration.
  writeFileSync(join(directory, "clamd.conf"), `LocalSocket ${socket}\nLocalSocketMode 666\nDatabaseDirectory ${directory}\nForeground yes\nStreamMaxLength 25M\nMaxFileSize 25M\n`);
  return run("/usr/sbin/clamd", [`--config-file=${join(directory, "clamd.conf")}`]);
}
const answers = () => new Promise((resolve) => {
  const connection = createConnection(socket, () => connection.write("zPING\0"));
  connection.on("data", (bytes) => { connection.destroy(); resolve(bytes.toString() === "PONG\0"); });
  connection.on("error", () => resolve(false));
});

const ready = () => waitFor("the suite to be ready", () => fetch(`${base}/readyz`).then((r) => r.ok, () => false));

async function restartTicket(change) {
  const path = join(data, "config/ticket.json");
  const before = readFileSync(path, "utf8");
  writeFileSync(path, change(before));
  control("restart", "ticket");
  // The gateway may not have noticed yet: only an answer shows that it has found the new process.
  await waitFor("ticket to answer", () => agent.raw("GET", `/v1/tickets/${ticket.ticketId}`).then((r) => r.ok));
  await ready();
  return before;
}

// A document with this text in one of its parts, packed.
function docx(text) {
  const path = join(directory, "upload.docx");
  execFileSync("python3", ["-c", `import sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED) as archive:
    for name, text in (("[Content_Types].xml", "<Types/>"), ("word/document.xml", "<document/>"), ("word/media/note.txt", sys.argv[2] * 3)):
        archive.writestr(name, text)`, path, text]);
  return readFileSync(path);
}

const agent = await as("agent3");
const { ticket } = await agent.post("/v1/tickets", {
  ticket: { type: "TICKET_TYPE_HELP", channel: "CHANNEL_PHONE", title: "附件查毒", content: "附件查毒", categoryId: "urban.lamp", caller: { phone: "13900000098" } },
  requestId: randomUUID(),
});
const upload = (name, type, body) => fetch(`${base}/v1/tickets/${ticket.ticketId}/attachments?fileName=${encodeURIComponent(name)}`, {
  method: "POST", headers: { Authorization: `Bearer ${agent.token}`, "Content-Type": type }, body,
});
const content = (attachment) => agent.raw("GET", `/v1/attachments/${attachment.attachmentId}/content`);
const list = async () => (await agent.get(`/v1/tickets/${ticket.ticketId}/attachments`)).attachments ?? [];
const filesOnDisk = () => readdirSync(join(data, "attachments"), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length;
const clean = "从昨晚起停水,见照片。";

const clamd = startClamd();
let before = null;
try {
  await test("TKT-2 the virus scanner starts, and the ticket service is pointed at it", async () => {
    await waitFor("clamd to answer", answers);
    before = await restartTicket((text) => JSON.stringify({ ...JSON.parse(text), virus_scanner: `unix:${socket}` }));
  });

  await test("TKT-2 a file with a virus is refused by name, plain or packed in a document, and nothing of it is kept", async () => {
    const files = filesOnDisk();
    for (const [name, type, body] of [["说明.txt", "text/plain", `看这里 ${EICAR}`], ["说明.docx", DOCX, docx(EICAR)]]) {
      const answer = await upload(name, type, body);
      const problem = await answer.json();
      assert.equal(problem.reason, "ATTACHMENT_INFECTED", JSON.stringify(problem));
      assert.equal(answer.status, 409);
    }
    assert.deepEqual(await list(), []);
    assert.equal(filesOnDisk(), files);
  });

  await test("TKT-2 a clean file passes and is served, up to the largest that is taken", async () => {
    const large = Buffer.alloc(20 << 20, "停水\n");
    for (const [name, type, body] of [["说明.txt", "text/plain", clean], ["说明.docx", DOCX, docx("一切正常")], ["记录.txt", "text/plain", large]]) {
      const answer = await upload(name, type, body);
      const made = await answer.json();
      assert.equal(answer.status, 200, JSON.stringify(made));
      assert.equal(made.scan, "SCAN_STATE_CLEAN");
      assert.ok(Buffer.from(await (await content(made)).arrayBuffer()).equals(Buffer.from(body)));
    }
    assert.equal((await list()).length, 3);
  });

  await test("TKT-2 while the scanner is away files are taken, wait, are not served, and say so", async () => {
    clamd.child.kill();
    await clamd.done;
    for (const body of [clean, EICAR]) {
      const answer = await upload("等待.txt", "text/plain", body);
      const made = await answer.json();
      assert.equal(answer.status, 200, JSON.stringify(made));
      assert.equal(made.scan, "SCAN_STATE_PENDING");
      const refused = await content(made);
      assert.equal(refused.status, 409);
      assert.equal((await refused.json()).reason, "SCAN_PENDING");
    }
    assert.equal((await list()).filter((one) => one.scan === "SCAN_STATE_PENDING").length, 2);
    await ready(); // Nobody waits for it to register a ticket.
  });
} finally {
  clamd.child.kill();
  if (before !== null) await restartTicket(() => before);
}
process.exit(failed() ? 1 : 0);
