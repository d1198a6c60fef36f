import { parentPort, workerData } from "node:worker_threads";
import type { Encoder, EncoderModule, RowOptions, Rows } from "./encoder.ts";
import type { TokenizerConfig } from "./tokenizer-config.ts";

/** The data that a tokenizer's thread begins with. */
export interface ThreadData {
  /** File URL of an `EncoderModule`, in JavaScript. The thread imports it. */
  readonly module: string;
  /** Absolute path of the folder that holds the tokenizer's files. */
  readonly folder: string;
  /** `tokenizer_config.json`, {} when there is none. */
  readonly config: TokenizerConfig;
}

/** A message to the thread. Without rows it asks for the tokenizer's facts. */
export interface Question {
  readonly id: number;
  readonly rows?: Rows;
  readonly options?: RowOptions;
}

/** The thread's answer to the question of the same id. */
export interface Answer {
  readonly id: number;
  readonly value?: unknown;
  /** Why there is no value. */
  readonly failure?: string;
}

const opening = open(workerData as ThreadData);
// A failure is told to each question.
opening.catch(() => {});

parentPort!.on("message", async ({ id, rows, options }: Question) => {
  parentPort!.postMessage(await answer(id, rows, options));
});

async function open({ module, folder, config }: ThreadData): Promise<Encoder> {
  const { openEncoder }: Partial<EncoderModule> = await import(module);
  if (openEncoder) return openEncoder(folder, config);
  throw new Error(`${module} does not export openEncoder`);
}

async function answer(id: number, rows?: Rows, options?: RowOptions): Promise<Answer> {
  try {
    const encoder = await opening;
    return { id, value: rows ? await encoder.encode(rows, options!) : encoder.facts };
  } catch (error) {
    return { id, failure: error instanceof Error ? error.message : String(error) };
  }
}
