import { KernelError } from "@kindred/core";
import type { LoadContext } from "@kindred/core";
import { checkResult } from "@kindred/core/onnx";
import { batchOf, tokenTypesOf } from "@kindred/text-encoders";
import type { BuiltSource, ModelConfig } from "@kindred/text-encoders";
import { classifiers, logits } from "../graphs/classifier.ts";
import type { Classifier } from "../graphs/classifier.ts";
import type { Scorer } from "./scorer.ts";

/** The cross-encoder that an architecture builds, with the classifier of the folder's class at its end. */
export async function builtScorer(
  source: BuiltSource,
  context: LoadContext,
  config: ModelConfig,
): Promise<Scorer> {
  const head = classifierOf(config)(source.facts.dimensions);
  const graph = await source.open(context, head, { pairs: true });
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

/** LOAD_FAILED when the class that a folder was saved as has no classifier here. */
function classifierOf({ architectures }: ModelConfig): Classifier {
  const name = String([architectures].flat()[0]);
  if (Object.hasOwn(classifiers, name)) return classifiers[name]!;
  const known = Object.keys(classifiers).join(", ");
  throw new KernelError(
    "LOAD_FAILED",
    `config.json says the class ${name}, whose classifier has no graph here. Classes that have one: ${known}. Any other is served from an ONNX export: launch it with options: { onnx: "model.onnx" }.`,
  );
}
