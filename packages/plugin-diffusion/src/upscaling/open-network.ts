import { KernelError } from "@kindred/core";
import type { LoadContext, ModelFolder } from "@kindred/core";
import { openWeights, renameWeights } from "@kindred/core/onnx";
import { rrdbNetConfig, scaleOf } from "../graphs/rrdbnet-config.ts";
import { rrdbNetNames } from "../graphs/rrdbnet-names.ts";
import { rrdbNet } from "../graphs/rrdbnet.ts";
import type { UpscalerGraph } from "./upscaler.ts";

/** Declares the graph of weights of ESRGAN's network. LOAD_FAILED when they are not sound, or of a variant of it. */
export async function openNetwork(
  { graph }: Pick<LoadContext, "graph">,
  { path }: ModelFolder,
  file: string,
): Promise<Omit<UpscalerGraph, "name">> {
  const stored = await openWeights(path, file);
  const weights = renameWeights(stored, rrdbNetNames(stored.names)!);
  const tensors = new Map(weights.names.map((name) => [name, weights.get(name)!]));
  const config = rrdbNetConfig(file, tensors);
  const source = rrdbNet(config, weights);
  const [unused] = source.unused;
  if (unused !== undefined) {
    const message = `"${file}" has ${source.unused.length} tensors that ESRGAN's network has not, such as "${unused}": it is a variant of it. Launch its ONNX export.`;
    throw new KernelError("LOAD_FAILED", message);
  }
  return {
    graph: graph(source),
    input: "image",
    output: "enlarged",
    scale: scaleOf(config),
    multiple: config.unshuffle,
  };
}
