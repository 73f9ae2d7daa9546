// Weighs what a browser must download to start, compressed as the server sends it.
import { readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";

const site = join(import.meta.dirname, "../target/site");

const budgets = [
  { name: "web app", kinds: [".wasm", ".js"], below: 250_000 },
  { name: "styles", kinds: [".css"], below: 15_000 },
];

function weigh(path) {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11 };
  return brotliCompressSync(readFileSync(join(site, path)), { params }).length;
}

const paths = readdirSync(site, { recursive: true });

for (const { name, kinds, below } of budgets) {
  const files = paths.filter((path) => kinds.includes(extname(path)));
  const weights = files.map(weigh);
  const sum = weights.reduce((sum, weight) => sum + weight, 0);

  files.forEach((path, i) => console.log(`${String(weights[i]).padStart(9)}  ${path}`));
  console.log(`${String(sum).padStart(9)}  bytes of brotli in all for the ${name}, to stay below ${below}`);
  if (files.length === 0 || sum >= below) process.exitCode = 1;
}
