import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Tokenizer as Native } from "tokenizers";
import { encoderOf } from "./encoder.ts";
import type { Encoder } from "./encoder.ts";
import type { TokenizerConfig } from "./tokenizer-config.ts";
import { bertNormalization, wordPiece } from "./word-piece.ts";

/** The module that `openTokenizer` names to its thread: a folder's `tokenizer.json`, else its BERT-type `vocab.txt`. */
export async function openEncoder(folder: string, config: TokenizerConfig): Promise<Encoder> {
  const name = ["tokenizer.json", "vocab.txt"].find((each) => existsSync(join(folder, each)));
  if (!name) throw new Error("there is neither a tokenizer.json nor a vocab.txt");
  const open = name === "vocab.txt" ? wordPiece : fromJson;
  const native = await open(join(folder, name), config).catch((cause: Error) => {
    throw new Error(`${name}: ${cause.message}`, { cause });
  });
  return encoderOf(native, config);
}

async function fromJson(file: string, config: TokenizerConfig): Promise<Native> {
  const native = Native.fromString(await readFile(file, "utf8"));
  if (String(config.tokenizer_class).startsWith("BertTokenizer")) {
    native.setNormalizer(bertNormalization(config));
  }
  return native;
}
