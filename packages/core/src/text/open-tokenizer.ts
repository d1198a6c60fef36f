import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Tokenizer as Native } from "tokenizers";
import { isKernelError, KernelError } from "../errors.ts";
import { folderTokenizer } from "./folder-tokenizer.ts";
import { tokenLimit } from "./tokenizer-config.ts";
import type { TokenizerConfig } from "./tokenizer-config.ts";
import type { Tokenizer } from "./tokenizer.ts";
import { bertNormalization, wordPiece } from "./word-piece.ts";

/** A model's folder, as far as a tokenizer needs it. */
export interface TokenizerFolder {
  readonly path: string;
  readonly files: readonly string[];
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
  const file = (name: string): string => (directory ? `${directory}/${name}` : name);
  const config: TokenizerConfig = folder.json(file("tokenizer_config.json")) ?? {};
  const name = [file("tokenizer.json"), file("vocab.txt")].find((each) =>
    folder.files.includes(each),
  );
  if (!name) {
    const wanted = `${file("tokenizer.json")} or ${file("vocab.txt")}`;
    throw new KernelError("LOAD_FAILED", `There is no tokenizer in ${folder.path}: add ${wanted}.`);
  }
  const native = await open(join(folder.path, name), config);
  return folderTokenizer(native, {
    limit: tokenLimit(config),
    truncationSide: config.truncation_side ?? "right",
  });
}

async function open(path: string, config: TokenizerConfig): Promise<Native> {
  try {
    if (path.endsWith(".txt")) return await wordPiece(path, config);
    const native = Native.fromString(await readFile(path, "utf8"));
    if (config.tokenizer_class?.startsWith("BertTokenizer")) {
      native.setNormalizer(bertNormalization(config));
    }
    return native;
  } catch (cause) {
    if (isKernelError(cause)) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new KernelError("LOAD_FAILED", `${path} is not a tokenizer: ${reason}`, { cause });
  }
}
