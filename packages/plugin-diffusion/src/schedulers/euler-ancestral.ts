import * as z from "zod";
import { ancestralStep } from "./ancestral.ts";
import { read } from "./config.ts";
import type { SchedulerConfig } from "./config.ts";
import { noiseScale, sigmaSpace } from "./latent-space.ts";
import { predictedClean, sigmaLevel } from "./level.ts";
import { noiseOrVelocity } from "./prediction.ts";
import { cumulativeAlphas, training } from "./schedule/alphas.ts";
import { sigmaSchedule } from "./schedule/sigma-schedule.ts";
import { spacing } from "./schedule/timesteps.ts";
import type { Solver } from "./solver.ts";
import { weighted } from "./weighted.ts";

/** Euler's step with ancestral noise (Song et al. 2021, appendix F). */
export function eulerAncestral(json: SchedulerConfig): Solver {
  const config = read("EulerAncestralDiscreteScheduler", fields, json);
  const prediction = config.prediction_type;
  const alphas = cumulativeAlphas(config);

  return {
    prediction,
    maxSteps: config.num_train_timesteps,
    order: 1,
    schedule({ steps }) {
      const { timesteps, sigmas: visited } = sigmaSchedule(config, alphas, steps);
      const sigmas = [...visited, 0];
      const level = (i: number) => sigmaLevel(sigmas[i]!);
      return {
        timesteps,
        ...sigmaSpace(level, noiseScale(config, sigmas)),
        start: (noise) => ({
          step(output, latent, i) {
            const denoised = predictedClean({ prediction, output, latent, level: level(i) });
            const { down, up } = ancestralStep(sigmas[i]!, sigmas[i + 1]!);
            const ratio = down / sigmas[i]!;
            return {
              denoised,
              latent: weighted([ratio, latent], [1 - ratio, denoised], [up, noise()]),
            };
          },
        }),
      };
    },
  };
}

const fields = {
  ...training(0.0001, 0.02, "linear"),
  ...spacing("linspace"),
  prediction_type: noiseOrVelocity,
  rescale_betas_zero_snr: z.boolean().default(false),
};
