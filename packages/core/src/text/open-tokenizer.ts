import { builtModule } from "../shared/built-module.ts";
import { openInProcess } from "./open-in-process.ts";
import { tokenizerFolder } from "./tokenizer-folder.ts";
import type { OpenTokenizerOptions, TokenizerFolder } from "./tokenizer-folder.ts";
import type { Tokenizer } from "./tokenizer.ts";

/**
 * The tokenizer of a folder: its `tokenizer.json`, or a BERT-type `vocab.txt` when there is none, with the tokens that were added
 * to it. Ids are those of AutoTokenizer of transformers 5. LOAD_FAILED when the folder has neither, when they are not sound, when
 * a token cannot have the id that a file gives it, or beyond the bounds. The caller disposes it, or hands it to `LoadContext.use`.
 */
export async function openTokenizer(
  model: TokenizerFolder,
  options: OpenTokenizerOptions = {},
): Promise<Tokenizer> {
  const { path, json } = tokenizerFolder(model, options);
  const module = builtModule("./process/published.js", import.meta.url);
  const config = { ...json("tokenizer_config.json"), lowercase: options.lowercase ?? false };
  return openInProcess({ module, folder: path, config }, options);
}
