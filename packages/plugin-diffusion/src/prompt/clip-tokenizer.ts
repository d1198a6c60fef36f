import { builtModule, openInThread, tokenizerFolder } from "@kindred/core/text";
import type { OpenTokenizerOptions, Tokenizer, TokenizerFolder } from "@kindred/core/text";
import type { TokenizerConfig } from "@kindred/core/text/thread";
import type { ClipFacts } from "./clip-tokenizer-thread.ts";

/** CLIP's tokenizer, with the ids that go around each window of a long text. */
export interface ClipTokenizer extends Tokenizer, ClipFacts {}

/**
 * CLIP's byte-level BPE of a folder, from `tokenizer.json`, or from `vocab.json` and `merges.txt` when there is none.
 * LOAD_FAILED when the folder has neither, or when they are not sound.
 */
export async function openClipTokenizer(
  model: TokenizerFolder,
  options: OpenTokenizerOptions = {},
): Promise<ClipTokenizer> {
  const { path, json } = tokenizerFolder(model, options);
  const written: TokenizerConfig = json("tokenizer_config.json");
  // Folders from before added_tokens_decoder keep special tokens in a file of their own, which wins.
  const own = written.added_tokens_decoder ? {} : json("special_tokens_map.json");
  return openInThread<ClipFacts>({
    module: builtModule("./clip-tokenizer-thread.js", import.meta.url),
    folder: path,
    config: { ...written, ...own },
  });
}
