import type { Architecture } from "../architectures/architecture.ts";
import { commonFacts } from "../architectures/common-facts.ts";
import { unknownArchitecture } from "../architectures/unknown-architecture.ts";
import { chosenExport, onlyExport } from "../folder/onnx-files.ts";
import type { TransformerFolder } from "../folder/transformer-folder.ts";
import { noWeights, weightsFile } from "../folder/weight-files.ts";
import { builtEncoder } from "./built-encoder.ts";
import type { EncoderSource } from "./encoder.ts";
import { exportedEncoder } from "./exported-encoder.ts";

export interface EncoderChoice {
  /** The architectures that may build a graph over weights. */
  readonly architectures: readonly Architecture[];
  /** The .onnx file that the launch names. Default: the folder's weights, else its plain or only export. */
  readonly onnx?: string | undefined;
}

/**
 * A folder's encoder, by its `config.json`: the graph that its architecture builds over safetensors, else the one of its
 * ONNX export, which may be of any architecture. LOAD_FAILED says what the folder is when it can be neither.
 */
export function encoderSource(
  transformer: TransformerFolder,
  { architectures, onnx }: EncoderChoice,
): EncoderSource {
  const config = transformer.json("config.json") ?? {};
  const architecture = architectures.find((each) => each.matches(config));
  const weights = onnx === undefined ? weightsFile(transformer) : undefined;
  if (architecture && weights !== undefined) {
    return builtEncoder(transformer, architecture, weights);
  }
  const file = onnx === undefined ? onlyExport(transformer) : chosenExport(transformer, onnx);
  if (file !== undefined) {
    return exportedEncoder(transformer, file, (architecture?.read ?? commonFacts)(config));
  }
  throw architecture ? noWeights(transformer) : unknownArchitecture(transformer, architectures);
}
