import * as z from "zod";
import { read } from "./config.ts";
import type { SchedulerConfig } from "./config.ts";
import { noiseScale, sigmaSpace } from "./latent-space.ts";
import { predictedClean, sigmaLevel } from "./level.ts";
import { anyPrediction } from "./prediction.ts";
import { cumulativeAlphas, training } from "./schedule/alphas.ts";
import { karrasFields, sigmaSchedule } from "./schedule/sigma-schedule.ts";
import { spacing } from "./schedule/timesteps.ts";
import type { Solver } from "./solver.ts";
import { clamped, weighted } from "./weighted.ts";

const { ceil, floor } = Math;

/** Karras et al. 2022, algorithm 1: a call at each end of a step. The last step ends without noise and has one call. */
export function heun(json: SchedulerConfig): Solver {
  const config = read("HeunDiscreteScheduler", fields, json);
  const prediction = config.prediction_type;
  const alphas = cumulativeAlphas(config);

  return {
    prediction,
    maxSteps: config.num_train_timesteps,
    order: 2,
    schedule({ steps }) {
      const { timesteps, sigmas: visited } = sigmaSchedule(config, alphas, steps);
      const sigmas = [...visited, 0];
      const level = (i: number) => sigmaLevel(sigmas[ceil(i / 2)]!);
      return {
        timesteps: timesteps.flatMap((time, k) => (k === 0 ? [time] : [time, time])),
        ...sigmaSpace(level, noiseScale(config, sigmas)),
        start() {
          let origin: Float32Array;
          let slope: Float32Array;
          return {
            step(output, latent, i) {
              const clean = predictedClean({ prediction, output, latent, level: level(i) });
              const denoised = config.clip_sample
                ? clamped(clean, config.clip_sample_range)
                : clean;
              const sigma = level(i).sigma;
              const derivative = weighted([1 / sigma, latent], [-1 / sigma, denoised]);
              const k = floor(i / 2);
              const distance = sigmas[k + 1]! - sigmas[k]!;
              if (i % 2 === 1)
                return {
                  denoised,
                  latent: weighted([1, origin], [distance / 2, slope], [distance / 2, derivative]),
                };
              [origin, slope] = [latent, derivative];
              return { denoised, latent: weighted([1, latent], [distance, derivative]) };
            },
          };
        },
      };
    },
  };
}

const fields = {
  ...training(0.00085, 0.012, "linear"),
  ...spacing("linspace"),
  ...karrasFields(),
  prediction_type: anyPrediction,
  clip_sample: z.boolean().default(false),
  clip_sample_range: z.number().default(1),
};
