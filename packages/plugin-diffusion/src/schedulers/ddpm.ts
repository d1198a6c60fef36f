import * as z from "zod";
import { off, read } from "./config.ts";
import type { SchedulerConfig } from "./config.ts";
import { shareSpace } from "./latent-space.ts";
import { predictedClean } from "./level.ts";
import { anyPrediction } from "./prediction.ts";
import { alphaLevels, cumulativeAlphas, training } from "./schedule/alphas.ts";
import { spacing, wholeTimesteps } from "./schedule/timesteps.ts";
import type { Solver } from "./solver.ts";
import { clamped, weighted } from "./weighted.ts";
import type { Term } from "./weighted.ts";

const { max, sqrt } = Math;

/** Ho et al. 2020, "Denoising Diffusion Probabilistic Models", equations 6 and 7. */
export function ddpm(json: SchedulerConfig): Solver {
  const config = read("DDPMScheduler", fields, json);
  const { prediction_type: prediction, num_train_timesteps: count } = config;
  const levelAt = alphaLevels(cumulativeAlphas(config), 1);

  return {
    prediction,
    maxSteps: count,
    order: 1,
    schedule({ steps }) {
      const timesteps = wholeTimesteps(config, steps);
      const levels = [...timesteps, -1].map(levelAt);
      return {
        timesteps,
        ...shareSpace((i) => levels[i]!),
        start: (noise) => ({
          step(output, latent, i) {
            const [from, to] = [levels[i]!, levels[i + 1]!];
            const clean = predictedClean({ prediction, output, latent, level: from });
            const denoised = config.clip_sample ? clamped(clean, config.clip_sample_range) : clean;
            const alpha = (from.alpha / to.alpha) ** 2;
            const variance = max((to.sigma / from.sigma) ** 2 * (1 - alpha), 1e-20);
            const fresh: Term[] = timesteps[i]! > 0 ? [[sqrt(variance), noise()]] : [];
            return {
              denoised,
              latent: weighted(
                [(to.alpha * (1 - alpha)) / from.sigma ** 2, denoised],
                [sqrt(alpha) * (to.sigma / from.sigma) ** 2, latent],
                ...fresh,
              ),
            };
          },
        }),
      };
    },
  };
}

const fields = {
  ...training(0.0001, 0.02, "linear"),
  ...spacing("leading"),
  prediction_type: anyPrediction,
  clip_sample: z.boolean().default(true),
  clip_sample_range: z.number().default(1),
  rescale_betas_zero_snr: z.boolean().default(false),
  variance_type: z.literal("fixed_small").default("fixed_small"),
  thresholding: off,
};
