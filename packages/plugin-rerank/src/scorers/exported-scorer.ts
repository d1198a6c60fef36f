import type { LoadContext } from "@kindred/core";
import { checkOutput, checkResult } from "@kindred/core/onnx";
import { exportFeeds, unlike } from "@kindred/text-encoders";
import type { ExportedSource } from "@kindred/text-encoders";
import { logits } from "../graphs/classifier.ts";
import type { Scorer } from "./scorer.ts";

/** The cross-encoder of an .onnx file, as Optimum exports it for text classification. */
export async function exportedScorer(
  { read }: ExportedSource,
  context: LoadContext,
): Promise<Scorer> {
  const source = await read(context);
  if (!source.outputs.includes(logits)) {
    throw unlike(source, "outputs", [logits], "sequence-classification");
  }
  checkOutput(source, logits, [undefined, 1]);
  const graph = context.graph({ ...source, outputs: [logits] });
  return async (pairs, { signal }) => {
    const results = await graph.run(exportFeeds(source, pairs), [logits], signal);
    const result = results[logits]!;
    checkResult(result, [pairs.length, 1], { graph: graph.source.name, output: logits });
    return result.data as Float32Array;
  };
}
