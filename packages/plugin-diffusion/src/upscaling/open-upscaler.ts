import { join } from "node:path";
import { KernelError } from "@kindred/core";
import type { LaunchListing, LoadContext, ModelFolder } from "@kindred/core";
import { openExport, openWeights, renameWeights } from "@kindred/core/onnx";
import type { ExportedGraph } from "@kindred/core/onnx";
import { rrdbNetConfig, scaleOf } from "../graphs/rrdbnet-config.ts";
import { rrdbNetNames } from "../graphs/rrdbnet-names.ts";
import { rrdbNet } from "../graphs/rrdbnet.ts";
import { graphUpscaler } from "./upscaler.ts";
import type { Upscaler } from "./upscaler.ts";
import { requiredUpscaler } from "./upscaler-file.ts";

type Surroundings = Pick<LoadContext, "device" | "graph">;

/** The files that `openUpscaler` reads of a model. LOAD_FAILED when it is no upscaler. */
export function upscalerFiles(model: LaunchListing): readonly string[] {
  const { file, kind } = requiredUpscaler(model);
  // A graph's weights may lie beside it, under any name.
  return kind === "weights" ? [file] : model.files.filter((each) => !each.includes("/"));
}

/** Declares the graph of an upscaler. LOAD_FAILED when the file is not sound, or is of a network that does not enlarge pictures. */
export async function openUpscaler(around: Surroundings, model: ModelFolder): Promise<Upscaler> {
  const { file, kind } = requiredUpscaler(model);
  return kind === "weights" ? openNetwork(around, model, file) : openGraph(around, model, file);
}

async function openNetwork(
  { device, graph }: Surroundings,
  model: ModelFolder,
  file: string,
): Promise<Upscaler> {
  const stored = await openWeights(model.path, file);
  const weights = renameWeights(stored, rrdbNetNames(stored.names)!);
  const tensors = new Map(weights.names.map((name) => [name, weights.get(name)!]));
  const config = rrdbNetConfig(file, tensors);
  const source = rrdbNet(config, weights);
  const [unused] = source.unused;
  if (unused !== undefined) {
    const message = `"${file}" has ${source.unused.length} tensors that ESRGAN's network has not, such as "${unused}": it is a variant of it. Launch its ONNX export.`;
    throw new KernelError("LOAD_FAILED", message);
  }
  const options = {
    name: nameOf(file),
    graph: graph(source),
    input: "image",
    output: "enlarged",
    scale: scaleOf(config),
    multiple: config.unshuffle,
  };
  return graphUpscaler(options, device);
}

/** Sides that the networks of ONNX files take: some unshuffle pixels by 4. */
const graphMultiple = 4;
/** Bytes of activations for each byte of the picture as float32, where nothing is known of a network: those of ESRGAN's by 4. */
const graphActivations = (5 * 64 * 16) / 3;

async function openGraph(
  { device, graph }: Surroundings,
  { path }: ModelFolder,
  file: string,
): Promise<Upscaler> {
  const source = await openExport("upscaler", join(path, file));
  const { input, output } = edgesOf(source, file);
  const workspace = ({ [input]: dims = [] }: Readonly<Record<string, readonly number[]>>) =>
    4 * graphActivations * dims.reduce((product, dim) => product * dim, 1);
  const options = {
    name: nameOf(file),
    graph: graph({ ...source, workspace }),
    input,
    output,
    multiple: graphMultiple,
  };
  return graphUpscaler(options, device);
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
  const side = dims?.slice(2).find((each) => each !== undefined);
  if (side !== undefined) throw refuse(`takes sides of ${side} pixels alone`);
  return { input, output };
}

function nameOf(file: string): string {
  return file.replace(/\.\w+$/, "");
}
