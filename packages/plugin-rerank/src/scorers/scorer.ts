import type { Call, LoadContext } from "@kindred/core";
import type { PrecisionChoice } from "@kindred/core/onnx";
import { refusePrecision } from "@kindred/text-encoders";
import type { EncoderSource, ModelConfig, TokenRow } from "@kindred/text-encoders";
import { builtScorer } from "./built-scorer.ts";
import { classifierOf } from "./cross-encoder-source.ts";
import { exportedScorer } from "./exported-scorer.ts";

/** Scores several pairs in one run: a number for each, in order, before its activation. The kernel calls it for each run. */
export type Scorer = (
  pairs: readonly TokenRow[],
  call: Pick<Call, "signal">,
) => Promise<Float32Array>;

export interface OpenedScorer {
  readonly score: Scorer;
  /** The precision that its graph computes in; undefined for an export, which does not say. */
  readonly precision: string | undefined;
}

export interface ScorerOptions {
  readonly config: ModelConfig;
  /** Default "float32". */
  readonly precision?: PrecisionChoice | undefined;
}

/** Declares a cross-encoder's graph; called once, when its files are there. LOAD_FAILED when one is not sound. */
export async function openScorer(
  source: EncoderSource,
  context: LoadContext,
  { config, precision }: ScorerOptions,
): Promise<OpenedScorer> {
  if (source.kind === "built")
    return builtScorer(source, context, { classifier: classifierOf(config)!, precision });
  refusePrecision(context.model, precision);
  return { score: await exportedScorer(source, context), precision: undefined };
}
