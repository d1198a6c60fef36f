import type { ModelListing } from "@kindred/core";
import type { Architecture } from "../architectures/architecture.ts";
import { commonFacts } from "../architectures/common-facts.ts";
import { unknownArchitecture } from "../architectures/unknown-architecture.ts";
import { exportFile, noWeights, weightsFile } from "../folder/weight-files.ts";
import { builtEncoder } from "./built-encoder.ts";
import type { EncoderSource } from "./encoder.ts";
import { exportedEncoder } from "./exported-encoder.ts";

/**
 * A folder's encoder, by its `config.json`: the graph that its architecture builds over safetensors, else the one of its
 * ONNX export, which may be of any architecture. LOAD_FAILED says what the folder is when it can be neither.
 */
export function encoderSource(
  model: ModelListing,
  architectures: readonly Architecture[],
): EncoderSource {
  const config = model.json("config.json") ?? {};
  const architecture = architectures.find((each) => each.matches(config));
  const weights = weightsFile(model);
  if (architecture && weights !== undefined) return builtEncoder(model, architecture, weights);
  const graph = exportFile(model);
  if (graph !== undefined) {
    return exportedEncoder(model, graph, (architecture?.read ?? commonFacts)(config));
  }
  throw architecture ? noWeights(model) : unknownArchitecture(model, architectures);
}
