import { join } from "node:path";
import { logger } from "@kindred/core";
import { checkResult, openSafetensors } from "@kindred/core/onnx";
import type { Architecture } from "../architectures/architecture.ts";
import type { TransformerFolder } from "../folder/transformer-folder.ts";
import { weightFiles } from "../folder/weight-files.ts";
import { poolingMask } from "../graphs/pooling.ts";
import { batchOf, poolingMaskOf, rowsOf } from "./batch.ts";
import type { EncoderSource } from "./encoder.ts";

/** Weights that one line of the log names: a header may have tens of thousands. */
const maxNamed = 20;

/** The encoder that an architecture builds over weights in safetensors. Its graph pools and normalises by itself. */
export function builtEncoder(
  transformer: TransformerFolder,
  architecture: Architecture,
  weights: string,
): EncoderSource {
  const config = transformer.json("config.json");
  const facts = architecture.read(config);
  return {
    facts,
    files: weightFiles(transformer, weights),
    async open(context, pooling) {
      const { id, path } = context.model;
      const stored = await openSafetensors(join(path, transformer.directory), weights);
      const source = architecture.graph(config, stored, pooling);
      if (source.unused.length > 0) {
        const facts = { model: id, count: source.unused.length };
        const named = source.unused.slice(0, maxNamed);
        context.get(logger).warn({ ...facts, weights: named }, "weights left unused");
      }
      const skips = source.inputs.includes(poolingMask);
      const graph = context.graph(source);
      return async (items, { signal }) => {
        const batch = batchOf(items);
        const feeds = skips ? { ...batch, [poolingMask]: poolingMaskOf(items) } : batch;
        const { embedding } = await graph.run(feeds, ["embedding"], signal);
        const shape = [items.length, facts.dimensions * pooling.modes.length];
        checkResult(embedding, shape, { graph: graph.source.name, output: "embedding" });
        return rowsOf(embedding);
      };
    },
  };
}
