import { logger } from "@kindred/core";
import type { ModelListing } from "@kindred/core";
import { openSafetensors } from "@kindred/core/onnx";
import type { Architecture } from "../architectures/architecture.ts";
import { weightFiles } from "../folder/weight-files.ts";
import { batchOf, rowsOf } from "./batch.ts";
import type { EncoderSource } from "./encoder.ts";

/** The encoder that an architecture builds over weights in safetensors. Its graph pools and normalises by itself. */
export function builtEncoder(
  model: ModelListing,
  architecture: Architecture,
  weights: string,
): EncoderSource {
  const config = model.json("config.json");
  return {
    facts: architecture.read(config),
    files: weightFiles(model, weights),
    async open(context, pooling) {
      const { id, path } = context.model;
      const source = architecture.graph(config, await openSafetensors(path, weights), pooling);
      if (source.unused.length > 0) {
        context.get(logger).warn({ model: id, weights: source.unused }, "weights left unused");
      }
      const graph = context.graph(source);
      return async (items, { signal }) => {
        const { embedding } = await graph.run(batchOf(items), ["embedding"], signal);
        return rowsOf(embedding);
      };
    },
  };
}
