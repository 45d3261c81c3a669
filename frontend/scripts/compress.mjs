// Packs what a browser loads once, here and not on every request: the server sends NAME.gz to whoever takes gzip.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const SMALLEST = 1_000;
for (const file of readdirSync("dist", { recursive: true, encoding: "utf8" })) {
  if (!/\.(js|css|svg)$/.test(file)) continue;
  const text = readFileSync(`dist/${file}`);
  if (text.length >= SMALLEST) writeFileSync(`dist/${file}.gz`, gzipSync(text, { level: 9 }));
}
