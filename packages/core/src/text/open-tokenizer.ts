import { tokenizerFolder } from "./tokenizer-folder.ts";
import type { OpenTokenizerOptions, TokenizerFolder } from "./tokenizer-folder.ts";
import { openInThread } from "./open-in-thread.ts";
import type { Tokenizer } from "./tokenizer.ts";

/** A folder's tokenizer: `tokenizer.json`, else a BERT-type `vocab.txt`. LOAD_FAILED when it has neither or they are not sound. */
export async function openTokenizer(
  model: TokenizerFolder,
  options: OpenTokenizerOptions = {},
): Promise<Tokenizer> {
  const { path, json } = tokenizerFolder(model, options);
  const config = { ...json("tokenizer_config.json"), lowercase: options.lowercase ?? false };
  return openInThread({ kind: "published", folder: path, config });
}
