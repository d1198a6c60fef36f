import { readdir } from "node:fs/promises";
import { openTokenizer } from "@kindred/core/text";

/** Tokens of each text, special tokens included. */
export async function tokenCounts(texts, folder) {
  const files = await readdir(folder);
  const tokenizer = await openTokenizer({ path: folder, files, json: () => undefined });
  const all = await tokenizer.encode(texts);
  return all.map(({ length }) => length);
}
