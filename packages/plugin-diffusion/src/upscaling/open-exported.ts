import { join } from "node:path";
import { KernelError } from "@kindred/core";
import type { Dims, LoadContext, ModelFolder } from "@kindred/core";
import { openExport } from "@kindred/core/onnx";
import type { ExportedGraph } from "@kindred/core/onnx";
import type { UpscalerGraph } from "./upscaler.ts";
import { elementCount } from "@kindred/core/onnx";

/** Bytes of activations for each byte of the picture as float32, where nothing is known of a network: those of ESRGAN's by 4. */
const graphActivations = (5 * 64 * 16) / 3;

/** Declares the graph of an ONNX file. LOAD_FAILED when it is not sound, or takes or gives something else than pictures of any size. */
export async function openExported(
  { graph }: Pick<LoadContext, "graph">,
  { path }: ModelFolder,
  file: string,
): Promise<Omit<UpscalerGraph, "name">> {
  const source = await openExport("upscaler", join(path, file));
  const { input, output } = edgesOf(source, file);
  const workspace = ({ [input]: dims = [] }: Dims) => 4 * graphActivations * elementCount(dims);
  return {
    graph: graph({ ...source, workspace }),
    input,
    output,
  };
}

interface Edges {
  readonly input: string;
  readonly output: string;
}

/** The one input and the one output of a graph that takes pictures of any size. LOAD_FAILED for others. */
function edgesOf(source: ExportedGraph, file: string): Edges {
  const [input = "", output = ""] = [source.inputs[0], source.outputs[0]];
  const [dims, outputDims] = [source.inputDims[input], source.outputDims[output]];
  const refuse = (what: string): KernelError =>
    new KernelError(
      "LOAD_FAILED",
      `"${file}" ${what}. An upscaler takes float32 [1, 3, height, width] with free sides, and gives the enlarged picture. Export it so, with dynamic axes.`,
    );
  if (source.inputs.length !== 1 || source.outputs.length !== 1) {
    throw refuse(`has ${source.inputs.length} inputs and ${source.outputs.length} outputs`);
  }
  const { type, rank } = source.types[input]!;
  if (type !== "float32" || rank !== 4) throw refuse(`takes ${type} of ${rank} dims`);
  const given = source.outputTypes[output] ?? "float32";
  if (given !== "float32") throw refuse(`gives ${given}`);
  for (const shape of [dims, outputDims]) {
    const colours = shape?.[1] ?? 3;
    if (colours !== 3) throw refuse(`has ${colours} channels where three colours are due`);
  }
  const batch = dims?.[0] ?? 1;
  if (batch !== 1) throw refuse(`takes ${batch} pictures at a time`);
  const side = dims?.slice(2).find((each) => each !== undefined);
  if (side !== undefined) throw refuse(`takes sides of ${side} pixels alone`);
  return { input, output };
}
