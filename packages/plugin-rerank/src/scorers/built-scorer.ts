import type { LoadContext } from "@kindred/core";
import { checkResult } from "@kindred/core/onnx";
import type { Precision } from "@kindred/core/onnx";
import { batchOf, tokenTypesOf } from "@kindred/text-encoders";
import type { BuiltSource } from "@kindred/text-encoders";
import { logits } from "../graphs/classifier.ts";
import type { Classifier } from "../graphs/classifier.ts";
import type { Scorer } from "./scorer.ts";

export interface BuiltScorerOptions {
  readonly classifier: Classifier;
  readonly precision: Precision | undefined;
}

/** The cross-encoder that an architecture builds, with a classifier at its end. */
export async function builtScorer(
  source: BuiltSource,
  context: LoadContext,
  { classifier, precision }: BuiltScorerOptions,
): Promise<Scorer> {
  const head = classifier(source.facts.dimensions);
  const graph = await source.open(context, head, { pairs: true, precision });
  const hasTypes = graph.source.inputs.includes("token_type_ids");
  return async (pairs, { signal }) => {
    const batch = batchOf(pairs);
    const feeds = hasTypes ? { ...batch, token_type_ids: tokenTypesOf(pairs) } : batch;
    const results = await graph.run(feeds, [logits], signal);
    const result = results[logits]!;
    checkResult(result, [pairs.length, 1], { graph: graph.source.name, output: logits });
    return result.data as Float32Array;
  };
}
