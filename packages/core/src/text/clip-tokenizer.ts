import type { ClipFacts } from "./thread/clip.ts";
import type { TokenizerConfig } from "./thread/tokenizer-config.ts";
import { tokenizerFolder } from "./tokenizer-folder.ts";
import type { OpenTokenizerOptions, TokenizerFolder } from "./tokenizer-folder.ts";
import { openInThread } from "./open-in-thread.ts";
import type { Tokenizer } from "./tokenizer.ts";

/** CLIP's tokenizer, with the ids that whoever cuts a long text into windows puts around them. */
export interface ClipTokenizer extends Tokenizer, ClipFacts {}

/**
 * CLIP's byte-level BPE from `tokenizer.json`, else `vocab.json` and `merges.txt`. LOAD_FAILED when the folder has neither or
 * they are not sound.
 */
export async function openClipTokenizer(
  model: TokenizerFolder,
  options: OpenTokenizerOptions = {},
): Promise<ClipTokenizer> {
  const { path, json } = tokenizerFolder(model, options);
  const written: TokenizerConfig = json("tokenizer_config.json");
  // Written before added_tokens_decoder, a folder keeps its special tokens in a file of their own, which wins.
  const own = written.added_tokens_decoder ? {} : json("special_tokens_map.json");
  return openInThread<ClipFacts>({
    kind: "clip",
    folder: path,
    config: { ...written, ...own },
  });
}
