import { z } from "zod";
import { ancestralStep } from "./ancestral.ts";
import { read, type SchedulerConfig } from "./config.ts";
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
    maximumSteps: config.num_train_timesteps,
    order: 1,
    sample({ steps, noise }) {
      const schedule = sigmaSchedule(config, alphas, steps);
      const sigmas = [...schedule.sigmas, 0];
      const level = (i: number) => sigmaLevel(sigmas[i]!);
      return {
        timesteps: schedule.timesteps,
        ...sigmaSpace(level, noiseScale(config, sigmas)),
        step(output, latent, i) {
          const denoised = predictedClean({ prediction, output, latent, level: level(i) });
          const { down, up } = ancestralStep(sigmas[i]!, sigmas[i + 1]!);
          const ratio = down / sigmas[i]!;
          return {
            denoised,
            latent: weighted([ratio, latent], [1 - ratio, denoised], [up, noise()]),
          };
        },
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
