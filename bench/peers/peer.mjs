// What the programs have in common that count with one package of npm each, as
// peer/peer.go for Go: node PEER.mjs ENCODING FILE PASSES.
import { readFileSync } from "node:fs";

const seconds = (from) => Number(process.hrtime.bigint() - from) / 1e9;

export async function main(name, load) {
  const [encoding, file, passes] = process.argv.slice(2);
  const texts = readFileSync(file, "utf8").trimEnd().split("\n").map((line) => JSON.parse(line));
  const manifest = new URL(`./node_modules/${name}/package.json`, import.meta.url);
  const result = { Version: JSON.parse(readFileSync(manifest, "utf8")).version, Passes: [], Counts: new Array(texts.length).fill(0) };

  let start = process.hrtime.bigint();
  const count = await load(encoding);
  count("x"); // what is loaded at the first use only
  result.Load = seconds(start);

  for (let pass = 0; pass < Number(passes); pass++) {
    start = process.hrtime.bigint();
    for (let i = 0; i < texts.length; i++) result.Counts[i] = count(texts[i]);
    result.Passes.push(seconds(start));
  }
  console.log(JSON.stringify(result));
}
