import { parentPort, workerData } from "node:worker_threads";
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
/** What it is asked: to encode rows, or without any, for the tokenizer's facts. */
export interface Question {
  readonly id: number;
  readonly rows?: Rows;
  readonly options?: RowOptions;
}
export interface Answer {
  readonly id: number;
  readonly value?: unknown;
  /** Why there is no value. */
  readonly failure?: string;
}

const kinds = { published: openPublished, clip: openClip };
const { kind, folder, config } = workerData as ThreadData;
const opening: Promise<Encoder> = kinds[kind](folder, config);
// Told to whoever asks.
opening.catch(() => {});

parentPort!.on("message", async ({ id, rows, options }: Question) => {
  parentPort!.postMessage(await answer(id, rows, options));
});

async function answer(id: number, rows?: Rows, options?: RowOptions): Promise<Answer> {
  try {
    const encoder = await opening;
    return { id, value: rows ? await encoder.encode(rows, options!) : encoder.facts };
  } catch (error) {
    return { id, failure: error instanceof Error ? error.message : String(error) };
  }
}
