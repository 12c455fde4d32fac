// Answers with the tokens of each text that comes in, in the encoding that is
// the argument. In both directions numbers are 32 bits, low byte first: a text
// is its length in bytes and its bytes, an answer is the number of tokens and
// the tokens.
import { readSync, writeSync } from "node:fs";
import { get_encoding } from "tiktoken";

const encoding = get_encoding(process.argv[2]);
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

let input = Buffer.alloc(0); // read and not yet answered
const take = (n) => {
  while (input.length < n) {
    const more = Buffer.alloc(Math.max(1 << 16, n - input.length));
    const got = readSync(0, more);
    if (got === 0) return null;
    input = Buffer.concat([input, more.subarray(0, got)]);
  }
  const taken = input.subarray(0, n);
  input = input.subarray(n);
  return taken;
};

let answers = [];
let size = 0;
const flush = () => {
  const all = Buffer.concat(answers);
  for (let at = 0; at < all.length; ) at += writeSync(1, all, at);
  answers = [];
  size = 0;
};

for (let length; (length = take(4)) !== null; ) {
  const tokens = encoding.encode_ordinary(utf8.decode(take(length.readUInt32LE())));
  const answer = Uint32Array.of(tokens.length, ...tokens);
  answers.push(Buffer.from(answer.buffer));
  size += answer.byteLength;
  if (size > 1 << 16) flush();
}
flush();
