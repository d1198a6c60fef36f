import * as z from "zod";
import { off, read, maxTrainTimesteps } from "./config.ts";
import type { SchedulerConfig } from "./config.ts";
import { noised, predictedClean } from "./level.ts";
import { linspace } from "./schedule/timesteps.ts";
import type { Solver } from "./solver.ts";
import { weighted } from "./weighted.ts";

const { floor, fround } = Math;

/** Esser et al. 2024, "Scaling Rectified Flow Transformers": Euler along straight paths, timesteps shifted (equation 23). */
export function flowMatchEuler(json: SchedulerConfig): Solver {
  const config = read("FlowMatchEulerDiscreteScheduler", fields, json);
  const { shift, num_train_timesteps: count } = config;
  const shifted = (sigma: number) => (shift * sigma) / (1 + (shift - 1) * sigma);

  return {
    prediction: "flow",
    maxSteps: count,
    order: 1,
    skipped: (steps, strength) => floor(steps - steps * strength),
    schedule({ steps }) {
      // diffusers shifts the range and then each sigma in it once more, and models are tuned to that.
      const range = linspace(count * shifted(1), count * fround(shifted(1 / count)), steps);
      const sigmas = [...range.map((time) => fround(shifted(time / count))), 0];
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

const fields = {
  num_train_timesteps: z.int().min(2).max(maxTrainTimesteps).default(1000),
  shift: z.number().default(1),
  use_dynamic_shifting: off,
  shift_terminal: z.literal(null).default(null),
  invert_sigmas: off,
  stochastic_sampling: off,
  use_karras_sigmas: off,
  use_exponential_sigmas: off,
  use_beta_sigmas: off,
};
