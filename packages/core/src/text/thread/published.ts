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
  return encoderOf(native, {
    ...config,
    truncation_side: config.truncation_side ?? (await savedSide(join(folder, name))),
  });
}

/** The end that a `tokenizer.json` says is cut. */
async function savedSide(file: string): Promise<"left" | "right"> {
  const text = await readFile(file, "utf8");
  // A large vocabulary takes long to parse, and hardly any says so.
  const isLeft = text.includes('"Left"') && JSON.parse(text).truncation?.direction === "Left";
  return isLeft ? "left" : "right";
}

async function fromJson(file: string, config: TokenizerConfig): Promise<Native> {
  const native = Native.fromString(await readFile(file, "utf8"));
  if (String(config.tokenizer_class).startsWith("BertTokenizer")) {
    native.setNormalizer(bertNormalization(config));
  }
  return native;
}
