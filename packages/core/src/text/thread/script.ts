import { Tinypool } from "tinypool";
import type { TokenizerFacts, Tokens } from "../tokenizer.ts";
import { openClip } from "./clip.ts";
import type { Encoder, RowOptions, Rows } from "./encoder.ts";
import { openPublished } from "./published.ts";
import type { TokenizerConfig } from "./tokenizer-config.ts";

/** What the thread begins with. */
export interface ThreadData {
  readonly kind: "published" | "clip";
  /** Absolute path of the folder that the tokenizer's files lie in. */
  readonly folder: string;
  readonly config: TokenizerConfig;
}
/** What it is asked. */
export interface EncodeTask extends RowOptions {
  readonly rows: Rows;
}

const kinds = { published: openPublished, clip: openClip };
let opening: Promise<Encoder> | undefined;

function encoder(): Promise<Encoder> {
  const { kind, folder, config } = Tinypool.workerData as ThreadData;
  return (opening ??= kinds[kind](folder, config));
}

export async function facts(): Promise<TokenizerFacts> {
  return (await encoder()).facts;
}

export async function encode({ rows, ...options }: EncodeTask): Promise<readonly Tokens[]> {
  return (await encoder()).encode(rows, options);
}
