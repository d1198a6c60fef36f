import { builtModule, openInProcess, tokenizerFolder } from "@kindred/core/text";
import type { OpenTokenizerOptions, Tokenizer, TokenizerFolder } from "@kindred/core/text";
import type { ClipFacts } from "./clip-tokenizer-process.ts";

/** CLIP's tokenizer, with the ids that go around each window of a long text. */
export interface ClipTokenizer extends Tokenizer, ClipFacts {}

/**
 * CLIP's byte-level BPE of a folder, from `tokenizer.json`, or from `vocab.json` and `merges.txt` when there is none, with the
 * tokens that were added to it. Ids are those of CLIPTokenizer of transformers 5. LOAD_FAILED when the folder has neither, when
 * they are not sound, when a token cannot have the id that a file gives it, or beyond the bounds.
 */
export async function openClipTokenizer(
  model: TokenizerFolder,
  options: OpenTokenizerOptions = {},
): Promise<ClipTokenizer> {
  const { path, json } = tokenizerFolder(model, options);
  const module = builtModule("./clip-tokenizer-process.js", import.meta.url);
  const config = json("tokenizer_config.json");
  return openInProcess<ClipFacts>({ module, folder: path, config }, options);
}
