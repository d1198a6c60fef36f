import type { Call, LoadContext } from "@kindred/core";
import type { EncoderFacts } from "../architectures/architecture.ts";
import type { Pooling } from "../graphs/pooling.ts";

/** One text as an encoder takes it. */
export interface EncoderInput {
  /** Prompt and special tokens included, as long as the model takes them. */
  readonly ids: Int32Array;
  /** The first ids that pooling leaves out: the prompt's, for a pooling without prompts. Fewer than there are ids. */
  readonly skipped: number;
}

/** Turns the tokens of several texts into one vector each, in order and in one run. The kernel calls it for each run. */
export type Encoder = (
  items: readonly EncoderInput[],
  call: Pick<Call, "signal">,
) => Promise<readonly Float32Array[]>;

/** A folder's encoder before any of its large files is there. */
export interface EncoderSource {
  readonly facts: EncoderFacts;
  /** The files with its weights or its graph, in the folder of its Transformer. */
  readonly files: readonly string[];
  /** Declares its graph; called once, when those files are there. LOAD_FAILED when one is not sound. */
  open(context: LoadContext, pooling: Pooling): Promise<Encoder>;
}
