// Puts a .gz beside each text file of dist/; the gateway sends it to clients that take it.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const MIN_BYTES = 1024;
const dist = fileURLToPath(new URL("../dist/", import.meta.url));
for (const entry of readdirSync(dist, { recursive: true })) {
  if (!/\.(js|css|html|svg|json)$/.test(entry) || entry.startsWith(".vite")) continue;
  const content = readFileSync(dist + entry);
  if (content.length >= MIN_BYTES) writeFileSync(`${dist}${entry}.gz`, gzipSync(content, { level: 9 }));
}
