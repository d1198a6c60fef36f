import { join } from "node:path";
import { logger } from "@kindred/core";
import type { LoadContext } from "@kindred/core";
import { openExport, openSafetensors } from "@kindred/core/onnx";
import { builtEncoder } from "./built-encoder.ts";
import type { Encoder } from "./encoder.ts";
import { exportedEncoder } from "./exported-encoder.ts";
import type { EmbeddingGraph } from "../family.ts";
import type { Pooling } from "../graphs/pooling.ts";
import { exportFile, noWeights, weightsFile } from "../folder/weight-files.ts";

/** Declares a folder's graph: built over its weights, or exported to a file. */
export async function openEncoder(
  context: LoadContext<unknown>,
  graph: EmbeddingGraph | string,
  pooling: Pooling,
): Promise<Encoder> {
  const { model } = context;
  const weights = weightsFile(model);
  if (typeof graph === "function" && weights !== undefined) {
    const source = graph(
      model.json("config.json"),
      await openSafetensors(model.path, weights),
      pooling,
    );
    if (source.unused.length > 0) {
      context.get(logger).warn({ model: model.id, weights: source.unused }, "weights left unused");
    }
    return builtEncoder(context.graph(source));
  }
  const file = typeof graph === "string" ? graph : exportFile(model);
  if (file === undefined || !model.files.includes(file)) throw noWeights(model);
  const source = await openExport("encoder", join(model.path, file));
  return exportedEncoder(source, context.graph(source), pooling);
}
