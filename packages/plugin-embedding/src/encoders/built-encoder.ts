import type { LoadContext } from "@kindred/core";
import { checkResult } from "@kindred/core/onnx";
import { batchOf, maskOf, rowsOf } from "@kindred/text-encoders";
import type { BuiltSource } from "@kindred/text-encoders";
import { pooled, poolingMask } from "../graphs/pooling.ts";
import type { Pooling } from "../graphs/pooling.ts";
import type { Encoder } from "./encoder.ts";

/** The encoder that an architecture builds. Its graph pools and normalises by itself. */
export async function builtEncoder(
  source: BuiltSource,
  context: LoadContext,
  pooling: Pooling,
): Promise<Encoder> {
  const graph = await source.open(context, pooled(pooling));
  const skips = graph.source.inputs.includes(poolingMask);
  return async (items, { signal }) => {
    const batch = batchOf(items);
    const feeds = skips
      ? { ...batch, [poolingMask]: maskOf(items, ({ skipped }) => skipped) }
      : batch;
    const { embedding } = await graph.run(feeds, ["embedding"], signal);
    const shape = [items.length, source.facts.dimensions * pooling.modes.length];
    checkResult(embedding, shape, { graph: graph.source.name, output: "embedding" });
    return rowsOf(embedding);
  };
}
