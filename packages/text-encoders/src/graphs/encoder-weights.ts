import { renameWeights } from "@kindred/core/onnx";
import type { Weights } from "@kindred/core/onnx";

export interface EncoderNames {
  /** The name that the graph has for a weight of the file. */
  rename(stored: string): string;
  /** Renamed weights that encoding texts does not need: a pooler, the heads of pretraining. They are not listed. */
  readonly beside: RegExp;
}

/** Published weights under the names that an encoder's graph has for them, whichever model wrapped it. */
export function encoderWeights(weights: Weights, { rename, beside }: EncoderNames): Weights {
  const renamed = renameWeights(weights, rename);
  return { ...renamed, names: renamed.names.filter((name) => !beside.test(name)) };
}
