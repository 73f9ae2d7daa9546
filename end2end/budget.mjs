// Weighs what a browser must download to start, compressed as the server sends it.
import { readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";

const site = join(import.meta.dirname, "../target/site");

const read = (path) => readFileSync(join(site, path));

function weigh(path) {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11 };
  return brotliCompressSync(read(path), { params }).length;
}

// What the page names, and what that imports at once. All else comes when it is asked for.
function firstOf(paths) {
  const first = new Set(paths.filter((path) => /^pkg\/yoriai\.([^.]+\.)?(js|wasm)$/.test(path)));
  // A set that grows meanwhile hands out what was added, too.
  for (const path of first) {
    const text = extname(path) === ".js" ? read(path).toString() : "";
    const imports = text.matchAll(/(?:\bfrom|\bimport)\s*["']\.\/([^"']+)["']/g);
    for (const [, name] of imports) first.add(join("pkg", name));
  }
  return [...first];
}

const paths = readdirSync(site, { recursive: true });
const code = paths.filter((path) => [".wasm", ".js"].includes(extname(path)));
const first = firstOf(code);

const budgets = [
  { name: "web app", files: first, below: 250_000 },
  { name: "web app's later part", files: code.filter((path) => !first.includes(path)), below: 100_000 },
  { name: "styles", files: paths.filter((path) => extname(path) === ".css"), below: 15_000 },
];

for (const { name, files, below } of budgets) {
  const weights = files.map(weigh);
  const sum = weights.reduce((sum, weight) => sum + weight, 0);

  files.forEach((path, i) => console.log(`${String(weights[i]).padStart(9)}  ${path}`));
  console.log(`${String(sum).padStart(9)}  bytes of brotli in all for the ${name}, to stay below ${below}`);
  if (files.length === 0 || sum >= below) process.exitCode = 1;
}
