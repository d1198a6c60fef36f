import type { Dims, Graph, Tensor } from "@kindred/core";
import type { Conditions } from "../conditions.ts";
import type { DenoiserInput } from "../denoiser.ts";
import { outputScales } from "./output-scales.ts";
import type { ControlStrength } from "./output-scales.ts";

/** A network that sees a picture and moves a UNet's maps towards it (arXiv 2302.05543). */
export interface ControlNet {
  /** What requests call it: "canny". */
  readonly name: string;
  /** Its graph. The pipeline asks it for the memory of a run. */
  readonly graph: Graph;
  /** The shapes of a run's feeds over latents of these dims, [rows, channels, height, width], as `graph.bytes` takes them. */
  dims(latents: readonly number[]): Dims;
  /** Whether its residuals are averaged over their pixels. diffusers runs it over the prompt alone, and scales all alike. */
  readonly poolsResiduals: boolean;
  /** Runs the graph once. Gives residuals by the names of the UNet's inputs. Rejects as `Graph.run` does. */
  residuals(input: ControlNetInput, signal: AbortSignal): Promise<Conditions>;
}

export interface ControlNetInput extends Pick<
  DenoiserInput,
  "latents" | "timestep" | "conditions"
> {
  /** float32 [1, 3, height, width] in pixels, from 0 to 1. */
  readonly picture: Tensor;
  readonly strength: ControlStrength;
}

/** A ControlNet that is a graph as in graphs/control-net.ts. `poolsResiduals` is its config's. */
export function graphControlNet(
  graph: Graph,
  { name, poolsResiduals }: Pick<ControlNet, "name" | "poolsResiduals">,
): ControlNet {
  const { inputs, outputs } = graph.source;
  return {
    name,
    graph,
    poolsResiduals,
    dims: (latents) => ({ sample: latents }),
    residuals({ latents, timestep, conditions, picture, strength }, signal) {
      const taken = Object.entries(conditions).filter(([each]) => inputs.includes(each));
      const { scale, guess } = strength;
      const scales = outputScales(outputs.length, { scale, guess: guess && !poolsResiduals });
      const feeds = {
        ...Object.fromEntries(taken),
        sample: latents,
        timestep: vector(Float32Array.of(timestep)),
        controlnet_cond: picture,
        conditioning_scales: vector(scales),
      };
      return graph.run(feeds, outputs, signal);
    },
  };
}

function vector(data: Float32Array): Tensor {
  return { type: "float32", dims: [data.length], data };
}
