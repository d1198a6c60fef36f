import type { Dims, Graph, Tensor } from "@kindred/core";
import type { Conditions, GuidedConditions } from "./conditions.ts";
import { deepCached } from "./deep-cached.ts";
import type { DeepCached, ShallowPart } from "./deep-cached.ts";
import { denoiserRun } from "./denoiser-run.ts";
import type { DenoiserEdges } from "./denoiser-run.ts";
import type { Settings, Size } from "./task.ts";

/** The network that is called at every step: Stable Diffusion's UNet, for instance. */
export interface Denoiser {
  /** Its graph. The pipeline asks it for the memory of a run. */
  readonly graph: Graph;
  /** The shapes of a run's feeds over latents of these dims, [rows, channels, height, width], as `graph.bytes` takes them. */
  dims(latents: readonly number[]): Dims;
  /**
   * Conditions of one row that depend on a request's settings, such as SDXL's `time_ids`, and on the size that is drawn. The
   * pipeline asks for them before the request queues. INVALID_INPUT on a setting that none can be made of. Default: none.
   */
  conditions?(settings: Settings, drawn: Size): GuidedConditions;
  /** Whether `conditions` tells it the scale of guidance. It then runs over the prompt alone. Default false. */
  readonly embedsGuidance?: boolean;
  /**
   * Whether it was made to inpaint: beside the latent's channels it takes the mask's one and those of the masked picture's
   * latent (diffusers' inpainting checkpoints). Default false.
   */
  readonly inpaints?: boolean;
  /**
   * Gives `predict` for one way through a schedule, of which every `interval`-th call runs the whole network, and the others its
   * shallow part (see deep-cached.ts). Default: it has none.
   */
  readonly deepCached?: DeepCached | undefined;
  /**
   * Runs the graph once. Gives a prediction for every latent, in the shape of the latents without what `inpaints` adds; the
   * schedule's scheduler knows what it predicts. Rejects as `Graph.run` does.
   */
  predict(input: DenoiserInput, signal: AbortSignal): Promise<Float32Array>;
}

export interface DenoiserInput {
  /** float32 [rows, channels, height, width], scaled by the schedule. */
  readonly latents: Tensor;
  /** The time of training, the same for all rows, fractions included. */
  readonly timestep: number;
  /** One row for each of the latents. */
  readonly conditions: Conditions;
  /** The call's number in the schedule, from 0. */
  readonly step: number;
  /** The last rows, so many, follow the prompt; those before them, what guidance steers away from. */
  readonly promptRows: number;
}

export interface GraphDenoiserOptions
  extends DenoiserEdges, Pick<Denoiser, "conditions" | "embedsGuidance"> {
  /** The graph of its shallow part. Default: it has none. */
  readonly shallow?: ShallowPart | undefined;
}

/** A denoiser that is one graph, and maybe another of its shallow part. */
export function graphDenoiser(
  graph: Graph,
  { names, timestep, inpaints = false, residuals, shallow, ...facts }: GraphDenoiserOptions,
): Denoiser {
  const edges = { names, timestep, inpaints };
  const whole = denoiserRun(graph, { ...edges, residuals });
  return {
    graph,
    inpaints,
    ...facts,
    dims: (latents) => ({ [names.latents]: latents }),
    predict: async (input, signal) => (await whole(input, signal)).prediction,
    ...(shallow && { deepCached: deepCached({ whole, shallow, edges }) }),
  };
}
