// Fails when the script that the entry route needs, gzipped, is over its budget: Home is the first thing anybody waits for.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const BUDGET_KB = 300;
const manifest = JSON.parse(readFileSync("dist/.vite/manifest.json", "utf8"));

function needed(key, seen = new Set()) {
  if (seen.has(key)) return seen;
  seen.add(key);
  for (const next of manifest[key].imports ?? []) needed(next, seen);
  return seen;
}

const entry = Object.keys(manifest).find((key) => manifest[key].isEntry);
const keys = needed(entry);
for (const key of Object.keys(manifest)) {
  if (/^src\/routes\/_app(\.tsx|\/index\.tsx)/.test(key)) needed(key, keys);
}
const files = [...new Set([...keys].map((key) => manifest[key].file))].filter((file) => file.endsWith(".js"));
const sizes = files.map((file) => [file, gzipSync(readFileSync(`dist/${file}`)).length / 1024]);
const total = sizes.reduce((sum, [, size]) => sum + size, 0);
for (const [file, size] of sizes.sort((a, b) => b[1] - a[1])) console.log(`${size.toFixed(1).padStart(8)} KB  ${file}`);
console.log(`${total.toFixed(1).padStart(8)} KB  gzipped script on the entry route (budget ${BUDGET_KB})`);
if (total > BUDGET_KB) {
  console.error(`entry route: ${total.toFixed(1)} KB gzipped script, ${BUDGET_KB} are allowed; load the rest lazily`);
  process.exit(1);
}
