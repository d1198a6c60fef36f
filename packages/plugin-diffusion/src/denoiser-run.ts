import type { Graph, Tensor } from "@kindred/core";
import { checkResult } from "@kindred/core/onnx";
import type { ScalarInput } from "./components/scalar-input.ts";
import type { Denoiser, DenoiserInput } from "./denoiser.ts";

/** How a denoiser's graph is called. */
export interface DenoiserEdges extends Pick<Denoiser, "inpaints"> {
  /** Names of the graph's inputs and of its output. The other inputs are named by the conditions. */
  readonly names: { readonly latents: string; readonly timestep: string; readonly output: string };
  /** The timestep as the graph takes it. */
  readonly timestep: ScalarInput;
  /** Inputs that ControlNets feed. They are 0 where the conditions have none. Default: none. */
  readonly residuals?: readonly string[] | undefined;
}

/** What a run takes and gives beside what all have. */
export interface FurtherEdges {
  readonly feeds?: Readonly<Record<string, Tensor>>;
  readonly outputs?: readonly string[];
}

export interface DenoiserResult {
  /** As `Denoiser.predict` gives it. */
  readonly prediction: Float32Array;
  /** The outputs that were asked for. */
  readonly further: Readonly<Record<string, Tensor>>;
}

/** Runs a graph once. Rejects as `Graph.run` does. */
export type DenoiserRun = (
  input: DenoiserInput,
  signal: AbortSignal,
  further?: FurtherEdges,
) => Promise<DenoiserResult>;

export function denoiserRun(
  graph: Graph,
  { names, timestep: time, residuals = [], inpaints }: DenoiserEdges,
): DenoiserRun {
  return async ({ latents, timestep, conditions }, signal, { feeds = {}, outputs = [] } = {}) => {
    const [rows = 1, taken = 0, ...sides] = latents.dims;
    const all = {
      [names.latents]: latents,
      [names.timestep]: time(timestep),
      ...Object.fromEntries(residuals.map((name) => [name, nothing(rows)])),
      ...conditions,
      ...feeds,
    };
    const { [names.output]: output, ...further } = await graph.run(
      all,
      [names.output, ...outputs],
      signal,
    );
    const channels = inpaints ? (taken - 1) / 2 : taken;
    checkResult(output!, [rows, channels, ...sides], {
      graph: graph.source.name,
      output: names.output,
    });
    return { prediction: output!.data as Float32Array, further };
  };
}

/** A residual that changes nothing: it is spread over the map's channels and pixels. */
function nothing(rows: number): Tensor {
  return { type: "float32", dims: [rows, 1, 1, 1], data: new Float32Array(rows) };
}
