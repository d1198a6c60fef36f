import * as z from "zod";
import { off, read } from "./config.ts";
import type { SchedulerConfig } from "./config.ts";
import { shareSpace } from "./latent-space.ts";
import { predictedClean, predictedNoise } from "./level.ts";
import { anyPrediction } from "./prediction.ts";
import { alphaLevels, cumulativeAlphas, training } from "./schedule/alphas.ts";
import { spacing, wholeTimesteps } from "./schedule/timesteps.ts";
import type { Solver } from "./solver.ts";
import { clamped, weighted } from "./weighted.ts";
import type { Term } from "./weighted.ts";

const { floor, sqrt } = Math;

/** Song et al. 2021, "Denoising Diffusion Implicit Models", equation 12. */
export function ddim(json: SchedulerConfig): Solver {
  const config = read("DDIMScheduler", fields, json);
  const { prediction_type: prediction, num_train_timesteps: count } = config;
  const alphas = cumulativeAlphas(config);
  const levelAt = alphaLevels(alphas, config.set_alpha_to_one ? 1 : alphas[0]!);

  return {
    prediction,
    maxSteps: count,
    order: 1,
    schedule({ steps, eta = 0 }) {
      const timesteps = wholeTimesteps(config, steps);
      const levels = timesteps.map(levelAt);
      const nextLevels = timesteps.map((time) => levelAt(time - floor(count / steps)));
      return {
        timesteps,
        ...shareSpace((i) => (i < steps ? levels[i]! : nextLevels[steps - 1]!)),
        start: (noise) => ({
          step(output, latent, i) {
            const [from, to] = [levels[i]!, nextLevels[i]!];
            const answer = { prediction, output, latent, level: from };
            const clean = predictedClean(answer);
            const denoised = config.clip_sample ? clamped(clean, config.clip_sample_range) : clean;
            const variance = (to.sigma / from.sigma) ** 2 * (1 - (from.alpha / to.alpha) ** 2);
            const deviation = eta * sqrt(variance);
            const fresh: Term[] = eta > 0 ? [[deviation, noise()]] : [];
            return {
              denoised,
              latent: weighted(
                [to.alpha, denoised],
                [sqrt(to.sigma ** 2 - deviation ** 2), predictedNoise(answer)],
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
  set_alpha_to_one: z.boolean().default(true),
  rescale_betas_zero_snr: z.boolean().default(false),
  thresholding: off,
};
