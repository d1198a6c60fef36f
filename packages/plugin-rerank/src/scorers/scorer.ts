import type { Call, LoadContext } from "@kindred/core";
import type { EncoderSource, ModelConfig, TokenRow } from "@kindred/text-encoders";
import { builtScorer } from "./built-scorer.ts";
import { classifierOf } from "./cross-encoder-source.ts";
import { exportedScorer } from "./exported-scorer.ts";

/** Scores several pairs in one run: a number for each, in order, before its activation. The kernel calls it for each run. */
export type Scorer = (
  pairs: readonly TokenRow[],
  call: Pick<Call, "signal">,
) => Promise<Float32Array>;

/** Declares a cross-encoder's graph; called once, when its files are there. LOAD_FAILED when one is not sound. */
export function openScorer(
  source: EncoderSource,
  context: LoadContext,
  config: ModelConfig,
): Promise<Scorer> {
  return source.kind === "built"
    ? builtScorer(source, context, classifierOf(config)!)
    : exportedScorer(source, context);
}
