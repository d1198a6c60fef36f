import { builtModule } from "../shared/built-module.ts";
import { openInThread } from "./open-in-thread.ts";
import { tokenizerFolder } from "./tokenizer-folder.ts";
import type { OpenTokenizerOptions, TokenizerFolder } from "./tokenizer-folder.ts";
import type { Tokenizer } from "./tokenizer.ts";

/**
 * The tokenizer of a folder: its `tokenizer.json`, or a BERT-type `vocab.txt` when there is none. LOAD_FAILED when the folder
 * has neither, or when they are not sound. The caller disposes it, or hands it to `LoadContext.use`.
 */
export async function openTokenizer(
  model: TokenizerFolder,
  options: OpenTokenizerOptions = {},
): Promise<Tokenizer> {
  const { path, json } = tokenizerFolder(model, options);
  const module = builtModule("./thread/published.js", import.meta.url);
  return openInThread({ module, folder: path, config: json("tokenizer_config.json") });
}
