import type { Dims, Graph, Tensor } from "@kindred/core";
import { checkResult } from "@kindred/core/onnx";
import type { ScalarInput } from "./components/scalar-input.ts";
import type { Conditions, GuidedConditions } from "./conditions.ts";
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

export interface GraphDenoiserOptions extends Pick<
  Denoiser,
  "conditions" | "embedsGuidance" | "inpaints"
> {
  /** Names of the graph's inputs and of its output. The other inputs are named by the conditions. */
  readonly names: { readonly latents: string; readonly timestep: string; readonly output: string };
  /** The timestep as the graph takes it. */
  readonly timestep: ScalarInput;
  /** Inputs that ControlNets feed. They are 0 where the conditions have none. Default: none. */
  readonly residuals?: readonly string[];
}

/** A denoiser that is one graph. */
export function graphDenoiser(
  graph: Graph,
  { names, timestep: time, residuals = [], ...facts }: GraphDenoiserOptions,
): Denoiser {
  return {
    graph,
    ...facts,
    dims: (latents) => ({ [names.latents]: latents }),
    async predict({ latents, timestep, conditions }, signal) {
      const [rows = 1, taken = 0, ...sides] = latents.dims;
      const feeds = {
        [names.latents]: latents,
        [names.timestep]: time(timestep),
        ...Object.fromEntries(residuals.map((name) => [name, nothing(rows)])),
        ...conditions,
      };
      const { [names.output]: output } = await graph.run(feeds, [names.output], signal);
      const channels = facts.inpaints ? (taken - 1) / 2 : taken;
      checkResult(output!, [rows, channels, ...sides], {
        graph: graph.source.name,
        output: names.output,
      });
      return output!.data as Float32Array;
    },
  };
}

/** A residual that changes nothing: it is spread over the map's channels and pixels. */
function nothing(rows: number): Tensor {
  return { type: "float32", dims: [rows, 1, 1, 1], data: new Float32Array(rows) };
}
