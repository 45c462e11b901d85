// Serves dist/ with the made-up data: node tests/serve.mjs [PORT]. Users: agent, officer, lead, clerk, admin, editor,
// supervisor; password hotline-fixture. Press Enter in the terminal to let the phone ring.
import { Fixture } from "./fixture.mjs";

const fixture = new Fixture();
const port = await fixture.listen(Number(process.argv[2] ?? 4173));
console.log(`http://127.0.0.1:${port}`);
setInterval(() => fixture.desks.size && import("./fixture_data.mjs").then((d) => fixture.tell({ type: "wallboard", wallboard: d.wallboard() })), 1000);
process.stdin.on("data", () => fixture.startCall({}));
