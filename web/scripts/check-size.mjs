// The compressed size of each route's first load: the entry, what it imports, and the route's own chunks and styles.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const LIMIT_KB = 350;
const dist = fileURLToPath(new URL("../dist/", import.meta.url));
const manifest = JSON.parse(readFileSync(`${dist}.vite/manifest.json`, "utf8"));
const sizes = new Map();
const size = (file) => {
  if (!sizes.has(file)) sizes.set(file, gzipSync(readFileSync(dist + file)).length);
  return sizes.get(file);
};

function files(key, found = new Set()) {
  const chunk = manifest[key];
  if (!chunk || found.has(chunk.file)) return found;
  found.add(chunk.file);
  (chunk.css ?? []).forEach((css) => found.add(css));
  (chunk.imports ?? []).forEach((next) => files(next, found));
  return found;
}

let failed = false;
// The language is loaded beside the entry; Ant Design's frame around all screens but the wallboard.
const entry = files("src/i18n/zh-CN.ts", files("index.html"));
const frame = files("src/app/Frame.tsx", files("src/app/Look.tsx", new Set(entry)));
const around = (page) => (page.includes("/wallboard/") ? entry : page.includes("/signin/") ? files("src/app/Look.tsx", new Set(entry)) : frame);
const pages = Object.keys(manifest).filter((key) => key.startsWith("src/pages/") && manifest[key].isDynamicEntry);
for (const page of pages.sort()) {
  const bytes = [...files(page, new Set(around(page)))].reduce((sum, file) => sum + size(file), 0);
  const kb = Math.round(bytes / 1000);
  if (kb > LIMIT_KB) failed = true;
  console.log(`${String(kb).padStart(5)} kB  ${page}${kb > LIMIT_KB ? `  over ${LIMIT_KB} kB` : ""}`);
}
process.exit(failed ? 1 : 0);
