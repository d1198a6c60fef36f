import type { LoadContext } from "@kindred/core";
import { checkResult } from "@kindred/core/onnx";
import { exportFeeds, rowsOf } from "@kindred/text-encoders";
import type { ExportedSource } from "@kindred/text-encoders";
import type { Pooling } from "../graphs/pooling.ts";
import type { Encoder } from "./encoder.ts";
import { outputFor, shapeOf } from "./export-output.ts";
import { poolStates } from "./host-pooling.ts";
import { normalized } from "./normalized.ts";

/** The encoder of an .onnx file. Token states are pooled here. */
export async function exportedEncoder(
  { facts, read }: ExportedSource,
  context: LoadContext,
  pooling: Pooling,
): Promise<Encoder> {
  const source = await read(context);
  const output = outputFor(source, pooling, facts.dimensions);
  const graph = context.graph({ ...source, outputs: [output.name] });
  return async (items, { signal }) => {
    const feeds = exportFeeds(source, items);
    const results = await graph.run(feeds, [output.name], signal);
    const result = results[output.name]!;
    const longest = Math.max(...items.map(({ ids }) => ids.length));
    const shape = shapeOf(output, items.length, longest);
    checkResult(result, shape, { graph: graph.source.name, output: output.name });
    const spans = items.map(({ ids, skipped }) => ({ length: ids.length, skipped }));
    const vectors = output.isPooled ? rowsOf(result) : poolStates(result, spans, pooling.modes);
    return vectors.map((each) => ({ dense: pooling.normalize ? normalized(each) : each }));
  };
}
