import { main } from "./peer.mjs";

await main("tiktoken", async (name) => {
  const { get_encoding } = await import("tiktoken");
  const encoding = get_encoding(name);
  return (text) => encoding.encode_ordinary(text).length;
});
