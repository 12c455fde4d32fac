import { main } from "./peer.mjs";

await main("gpt-tokenizer", async (name) => {
  const { countTokens } = await import(`gpt-tokenizer/encoding/${name}`);
  const ordinary = { disallowedSpecial: new Set() }; // special tokens are text
  return (text) => countTokens(text, ordinary);
});
