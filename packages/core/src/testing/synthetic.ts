import type { Weights } from "../onnx/index.ts";
import type { FloatType, SyntheticTensor } from "./synthetic-fill.ts";
import { writeSynthetic } from "./synthetic-file.ts";
import { recorder } from "./synthetic-recorder.ts";

export interface SynthesizeOptions {
  /** Path of the .safetensors file to write. */
  readonly file: string;
  /** The type of the graph's weights. Default "F32". */
  readonly dtype?: FloatType;
  /** Builds the graph, or several, whose weights the file gets. */
  build(weights: Weights): unknown;
  /** Answers `GraphBuilder.has`. Default: false for every name. */
  has?(name: string): boolean;
  /** The name that a weight has in the file, from which its values come. Default: its name in the graph. */
  rename?(name: string): string;
  /** Further tensors, which the graph does not ask for. Default: none. */
  readonly extra?: readonly SyntheticTensor[];
}

/** Writes the checkpoint that a graph needs, of any size. Its values depend on names and indices alone. */
export async function synthesize(options: SynthesizeOptions): Promise<void> {
  const { file, dtype = "F32", build, has = () => false, rename = (name) => name } = options;
  const weights = recorder(has);
  await build(weights);
  const asked = Array.from(weights.asked, ([name, shape]) => ({
    name: rename(name),
    shape,
    dtype,
  }));
  await writeSynthetic(file, [...asked, ...(options.extra ?? [])]);
}
