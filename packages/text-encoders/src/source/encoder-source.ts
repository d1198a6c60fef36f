import type { Architecture } from "../architectures/architecture.ts";
import { commonFacts } from "../architectures/common-facts.ts";
import { refuseTaskAdapters } from "../architectures/task-adapters.ts";
import { unknownArchitecture } from "../architectures/unknown-architecture.ts";
import { chosenExport, onlyExport } from "../folder/onnx-files.ts";
import type { TransformerFolder } from "../folder/transformer-folder.ts";
import type { TransformerTask } from "../folder/transformer-task.ts";
import { noWeights, weightsFile } from "../folder/weight-files.ts";
import { builtSource } from "./built-source.ts";
import type { BuiltSource } from "./built-source.ts";
import { exportedSource } from "./exported-source.ts";
import type { ExportedSource } from "./exported-source.ts";

/** A folder's encoder before any of its large files is there. */
export type EncoderSource = BuiltSource | ExportedSource;

export interface EncoderChoice {
  /** The architectures that may build a graph over weights. */
  readonly architectures: readonly Architecture[];
  /** The .onnx file that the launch names. Default: the folder's weights, else its plain or only export. */
  readonly onnx?: string | undefined;
  /** What an export is to be made for, in messages. Default "feature-extraction". */
  readonly task?: TransformerTask;
}

/**
 * A folder's encoder, by its `config.json`: the graph that its architecture builds over weights, else the one of its ONNX
 * export, which may be of any architecture. LOAD_FAILED says what the folder is when it can be neither, or
 * when its vectors depend on more than texts.
 */
export function encoderSource(
  transformer: TransformerFolder,
  { architectures, onnx, task = "feature-extraction" }: EncoderChoice,
): EncoderSource {
  const config = transformer.json("config.json") ?? {};
  refuseTaskAdapters(transformer, config);
  const architecture = architectures.find((each) => each.matches(config));
  const weights = onnx === undefined ? weightsFile(transformer) : undefined;
  if (architecture && weights !== undefined) {
    return builtSource(transformer, architecture, weights);
  }
  const file = onnx === undefined ? onlyExport(transformer) : chosenExport(transformer, onnx);
  if (file !== undefined) {
    return exportedSource(transformer, file, (architecture?.read ?? commonFacts)(config), task);
  }
  if (architecture) throw noWeights(transformer);
  throw unknownArchitecture(transformer, architectures, task);
}
