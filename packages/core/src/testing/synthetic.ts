import type { Weights } from "../onnx/weights.ts";
import type { FloatType, SyntheticTensor } from "./synthetic-fill.ts";
import { writeSynthetic } from "./synthetic-file.ts";
import { recorder } from "./synthetic-recorder.ts";

export interface SynthesizeOptions {
  /** Path of the .safetensors file to write. */
  readonly file: string;
  /** Default "F32". */
  readonly dtype?: FloatType;
  /** Builds the graph (or several) whose weights the file is to have. */
  build(weights: Weights): unknown;
  /** Answers `GraphBuilder.has`; default never. */
  has?(name: string): boolean;
  /** The name that the file gives a weight; default the graph's. Values come from the file's name. */
  rename?(name: string): string;
  /** Tensors that the graph does not ask for. */
  readonly extra?: readonly SyntheticTensor[];
}

/** Writes the checkpoint that a graph needs, of any size, with values that depend on names and indices only. */
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
