import type { LoadContext } from "@kindred/core";
import { checkResult } from "@kindred/core/onnx";
import type { PrecisionChoice } from "@kindred/core/onnx";
import { batchOf, tokenTypesOf } from "@kindred/text-encoders";
import type { BuiltSource } from "@kindred/text-encoders";
import { logits } from "../graphs/classifier.ts";
import type { Classifier } from "../graphs/classifier.ts";
import type { OpenedScorer, Scorer } from "./scorer.ts";

export interface BuiltScorerOptions {
  readonly classifier: Classifier;
  readonly precision: PrecisionChoice | undefined;
}

/** The cross-encoder that an architecture builds, with a classifier at its end. */
export async function builtScorer(
  source: BuiltSource,
  context: LoadContext,
  { classifier, precision }: BuiltScorerOptions,
): Promise<OpenedScorer> {
  const head = classifier(source.facts.dimensions);
  const graph = await source.open(context, head, { pairs: true, precision });
  const hasTypes = graph.source.inputs.includes("token_type_ids");
  const score: Scorer = async (pairs, { signal }) => {
    const batch = batchOf(pairs);
    const feeds = hasTypes ? { ...batch, token_type_ids: tokenTypesOf(pairs) } : batch;
    const results = await graph.run(feeds, [logits], signal);
    const result = results[logits]!;
    checkResult(result, [pairs.length, 1], { graph: graph.source.name, output: logits });
    return result.data as Float32Array;
  };
  return { score, precision: graph.source.precision };
}
