import * as z from "zod";
import { off, read, maxTrainTimesteps } from "./config.ts";
import type { SchedulerConfig } from "./config.ts";
import { shareSpace } from "./latent-space.ts";
import { predictedClean } from "./level.ts";
import { anyPrediction } from "./prediction.ts";
import { alphaLevels, cumulativeAlphas, training } from "./schedule/alphas.ts";
import { linspace } from "./schedule/timesteps.ts";
import type { Solver } from "./solver.ts";
import { clamped, weighted } from "./weighted.ts";

const { floor, sqrt } = Math;
const sigmaData = 0.5;

/** Luo et al. 2023, "Latent Consistency Models", algorithm 3. */
export function lcm(json: SchedulerConfig): Solver {
  const config = read("LCMScheduler", fields, json);
  const { prediction_type: prediction, original_inference_steps: original } = config;
  const levelAt = alphaLevels(cumulativeAlphas(config), 1);
  const stride = floor(config.num_train_timesteps / original);

  return {
    prediction,
    maxSteps: original,
    order: 1,
    schedule({ steps }) {
      const timesteps = linspace(0, original, steps + 1)
        .slice(0, -1)
        .map((position) => (original - floor(position)) * stride - 1);
      const levels = [...timesteps.map(levelAt), { alpha: 1, sigma: 0 }];
      return {
        timesteps,
        ...shareSpace((i) => levels[i]!),
        start: (noise) => ({
          step(output, latent, i) {
            const clean = predictedClean({ prediction, output, latent, level: levels[i]! });
            const kept = config.clip_sample ? clamped(clean, config.clip_sample_range) : clean;
            const time = timesteps[i]! * config.timestep_scaling;
            const distance = time ** 2 + sigmaData ** 2;
            const denoised = weighted(
              [time / sqrt(distance), kept],
              [sigmaData ** 2 / distance, latent],
            );
            if (i === steps - 1) return { denoised, latent: denoised };
            const to = levels[i + 1]!;
            return { denoised, latent: weighted([to.alpha, denoised], [to.sigma, noise()]) };
          },
        }),
      };
    },
  };
}

const fields = {
  ...training(0.00085, 0.012, "scaled_linear"),
  prediction_type: anyPrediction,
  original_inference_steps: z.int().min(1).max(maxTrainTimesteps).default(50),
  timestep_scaling: z.number().default(10),
  clip_sample: z.boolean().default(false),
  clip_sample_range: z.number().default(1),
  rescale_betas_zero_snr: z.boolean().default(false),
  thresholding: off,
};
