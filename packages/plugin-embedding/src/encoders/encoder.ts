import type { Call, LoadContext } from "@kindred/core";
import type { EncoderSource, TokenRow } from "@kindred/text-encoders";
import type { Pooling } from "../graphs/pooling.ts";
import { builtEncoder } from "./built-encoder.ts";
import { exportedEncoder } from "./exported-encoder.ts";

/** One text as an encoder takes it. */
export interface EncoderInput extends TokenRow {
  /** The first ids that pooling leaves out: the prompt's, for a pooling without prompts. Fewer than there are ids. */
  readonly skipped: number;
}

/** Turns the tokens of several texts into one vector each, in order and in one run. The kernel calls it for each run. */
export type Encoder = (
  items: readonly EncoderInput[],
  call: Pick<Call, "signal">,
) => Promise<readonly Float32Array[]>;

/** Declares an encoder's graph; called once, when its files are there. LOAD_FAILED when one is not sound. */
export function openEncoder(
  source: EncoderSource,
  context: LoadContext,
  pooling: Pooling,
): Promise<Encoder> {
  return source.kind === "built"
    ? builtEncoder(source, context, pooling)
    : exportedEncoder(source, context, pooling);
}
