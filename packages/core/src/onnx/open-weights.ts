import { openPytorch } from "./pytorch/open.ts";
import { openSafetensors } from "./safetensors/open.ts";
import type { Weights } from "./weights.ts";

/** Opens a file of weights in `folder`, or an index of shards, by its name: as `openSafetensors` does, else as `openPytorch` does. */
export function openWeights(folder: string, file: string): Promise<Weights> {
  const isSafetensors = /\.safetensors(\.index(\.\w+)?\.json)?$/.test(file);
  return isSafetensors ? openSafetensors(folder, file) : openPytorch(folder, file);
}
