// The whole loop: from a caller's SIP call to the leader's figures. What needs no agent runs beside the agent's side.
import assert from "node:assert/strict";
import { automaticService } from "./automatic.mjs";
import { agentsDesk } from "./desk.mjs";
import { bans } from "./bans.mjs";
import { configuration } from "./configuration.mjs";
import { before, figures, openWall } from "./figures.mjs";
import { handling } from "./handling.mjs";
import { browser, failed, prepareSpeech, test } from "./harness.mjs";
import { life } from "./life.mjs";
import { places } from "./places.mjs";
import { queues } from "./queue.mjs";
import { screens } from "./screens.mjs";
import { tables } from "./tables.mjs";

const wanted = (process.env.ONLY ?? "automatic,desk,handling,queues,figures,life,places,bans,tables,configuration").split(",");

prepareSpeech();
const loop = { chrome: await browser(), before: await before() };

async function agents() {
  if (wanted.includes("desk")) await agentsDesk(loop);
  if (wanted.includes("handling")) await handling(loop);
  if (wanted.includes("queues")) await queues(loop);
}

if (wanted.includes("figures")) await openWall(loop);
await Promise.all([wanted.includes("automatic") ? automaticService() : null, agents()]);
if (wanted.includes("figures")) await figures(loop);
// Behind the figures, which count what was registered before.
if (wanted.includes("life")) await life(loop);
if (wanted.includes("places")) await places(loop);
if (wanted.includes("bans")) await bans(loop);
if (wanted.includes("tables")) await tables(loop);
if (wanted.includes("configuration")) await configuration(loop); // last: it changes what the others rest on
await screens(loop);
await test("no page had a script error", async () => assert.deepEqual(loop.page?.faults ?? [], []));
await loop.chrome.close();
process.exit(failed() ? 1 : 0);
