import * as z from "zod";
import type { LatentSize } from "../latent.ts";
import { off, read, maxTrainTimesteps } from "./config.ts";
import type { SchedulerConfig } from "./config.ts";
import { noised, predictedClean } from "./level.ts";
import { linspace } from "./schedule/timesteps.ts";
import type { Solver } from "./solver.ts";
import { weighted } from "./weighted.ts";

const { exp, floor, fround } = Math;

/**
 * Esser et al. 2024, "Scaling Rectified Flow Transformers": Euler along straight paths, timesteps shifted (equation 23). With
 * `use_dynamic_shifting` the shift grows with the picture.
 */
export function flowMatchEuler(json: SchedulerConfig): Solver {
  const config = read("FlowMatchEulerDiscreteScheduler", fields, json);
  const { num_train_timesteps: count } = config;

  return {
    prediction: "flow",
    maxSteps: count,
    order: 1,
    skipped: (steps, strength) => floor(steps - steps * strength),
    schedule({ steps, size }) {
      const sigmas = [...shiftedSigmas(config, steps, size), 0];
      const level = (i: number) => ({ alpha: 1 - sigmas[i]!, sigma: sigmas[i]! });
      return {
        timesteps: sigmas.slice(0, -1).map((sigma) => fround(sigma * count)),
        initialNoiseScale: 1,
        level,
        scaleInput: (latent) => latent,
        addNoise: (clean, noise, i) => noised(clean, noise, level(i)),
        start: () => ({
          step: (output, latent, i) => ({
            denoised: predictedClean({ prediction: "flow", output, latent, level: level(i) }),
            latent: weighted([1, latent], [sigmas[i + 1]! - sigmas[i]!, output]),
          }),
        }),
      };
    },
  };
}

function shiftedSigmas(config: Config, steps: number, size: LatentSize): readonly number[] {
  const { shift, num_train_timesteps: count } = config;
  if (config.use_dynamic_shifting) {
    const shifted = dynamicShift(config, size);
    const range = linspace(count, count * fround(1 / count), steps);
    return range.map((time) => fround(shifted(time / count)));
  }
  const shifted = (sigma: number) => (shift * sigma) / (1 + (shift - 1) * sigma);
  // diffusers shifts the range and then each sigma in it once more, and models are tuned to that.
  const range = linspace(count * shifted(1), count * fround(shifted(1 / count)), steps);
  return range.map((time) => fround(shifted(time / count)));
}

/** Latent pixels along a side of a token, as the pipelines of Stable Diffusion 3 count tokens. */
const patch = 2;

/** The shift of a picture of this size: linear in its tokens between two sizes of the training. */
function dynamicShift(config: Config, { width, height }: LatentSize): (sigma: number) => number {
  const { base_image_seq_len: base, max_image_seq_len: max, base_shift, max_shift } = config;
  const tokens = floor(height / patch) * floor(width / patch);
  const slope = (max_shift - base_shift) / (max - base);
  const mu = tokens * slope + (base_shift - slope * base);
  const factor = config.time_shift_type === "exponential" ? exp(mu) : mu;
  return (sigma) => factor / (factor + (1 / sigma - 1));
}

type Config = z.output<z.ZodObject<typeof fields>>;

const fields = {
  num_train_timesteps: z.int().min(2).max(maxTrainTimesteps).default(1000),
  shift: z.number().default(1),
  use_dynamic_shifting: z.boolean().nullish(),
  base_image_seq_len: z.number().default(256),
  max_image_seq_len: z.number().default(4096),
  base_shift: z.number().default(0.5),
  max_shift: z.number().default(1.15),
  time_shift_type: z.enum(["exponential", "linear"]).default("exponential"),
  shift_terminal: z.literal(null).default(null),
  invert_sigmas: off,
  stochastic_sampling: off,
  use_karras_sigmas: off,
  use_exponential_sigmas: off,
  use_beta_sigmas: off,
};
