import { join } from "node:path";
import type { TokenizerConfig } from "./thread/tokenizer-config.ts";
import { openTokenizerThread } from "./tokenizer-thread.ts";
import type { Tokenizer } from "./tokenizer.ts";

/** A model's folder, as far as a tokenizer needs it. */
export interface TokenizerFolder {
  readonly path: string;
  json(file: string): any;
}

export interface OpenTokenizerOptions {
  /** Where in the folder its files lie: "tokenizer_2". Default: the folder itself. */
  readonly directory?: string;
}

/** A folder's tokenizer: `tokenizer.json`, else a BERT-type `vocab.txt`. LOAD_FAILED when it has neither or they are not sound. */
export async function openTokenizer(
  folder: TokenizerFolder,
  { directory = "" }: OpenTokenizerOptions = {},
): Promise<Tokenizer> {
  const file = directory ? `${directory}/tokenizer_config.json` : "tokenizer_config.json";
  const config: TokenizerConfig = folder.json(file) ?? {};
  return openTokenizerThread({ kind: "published", folder: join(folder.path, directory), config });
}
