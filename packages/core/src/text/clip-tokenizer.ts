import { join } from "node:path";
import type { OpenTokenizerOptions, TokenizerFolder } from "./open-tokenizer.ts";
import type { ClipFacts } from "./thread/clip.ts";
import type { TokenizerConfig } from "./thread/tokenizer-config.ts";
import { openTokenizerThread } from "./tokenizer-thread.ts";
import type { Tokenizer } from "./tokenizer.ts";

/** CLIP's tokenizer, with the ids that whoever cuts a long text into windows puts around them. */
export interface ClipTokenizer extends Tokenizer, ClipFacts {}

/**
 * CLIP's byte-level BPE from `tokenizer.json`, else `vocab.json` and `merges.txt`. LOAD_FAILED when the folder has neither or
 * they are not sound.
 */
export async function openClipTokenizer(
  folder: TokenizerFolder,
  { directory = "" }: OpenTokenizerOptions = {},
): Promise<ClipTokenizer> {
  const file = (name: string): string => (directory ? `${directory}/${name}` : name);
  const written: TokenizerConfig = folder.json(file("tokenizer_config.json")) ?? {};
  // Written before added_tokens_decoder, a folder keeps its special tokens in a file of their own, which wins.
  const own = written.added_tokens_decoder ? {} : folder.json(file("special_tokens_map.json"));
  const config: TokenizerConfig = { ...written, ...own };
  return openTokenizerThread<ClipFacts>({
    kind: "clip",
    folder: join(folder.path, directory),
    config,
  });
}
