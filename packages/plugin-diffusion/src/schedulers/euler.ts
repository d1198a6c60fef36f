import * as z from "zod";
import { read } from "./config.ts";
import type { SchedulerConfig } from "./config.ts";
import { noiseScale, sigmaSpace } from "./latent-space.ts";
import { predictedClean, sigmaLevel } from "./level.ts";
import { anyPrediction } from "./prediction.ts";
import { cumulativeAlphas, training } from "./schedule/alphas.ts";
import { karrasFields, sigmaSchedule } from "./schedule/sigma-schedule.ts";
import { sigmasOf } from "./schedule/sigmas.ts";
import { spacing } from "./schedule/timesteps.ts";
import type { Solver } from "./solver.ts";
import { weighted } from "./weighted.ts";

/** Karras et al. 2022, "Elucidating the Design Space of Diffusion-Based Generative Models", algorithm 2 without churn. */
export function euler(json: SchedulerConfig): Solver {
  const config = read("EulerDiscreteScheduler", fields, json);
  const prediction = config.prediction_type;
  const alphas = cumulativeAlphas(config);
  const final = config.final_sigmas_type === "zero" ? 0 : sigmasOf(alphas)[0]!;

  return {
    prediction,
    maxSteps: config.num_train_timesteps,
    order: 1,
    schedule({ steps }) {
      const { timesteps, sigmas: visited } = sigmaSchedule(config, alphas, steps);
      const sigmas = [...visited, final];
      const level = (i: number) => sigmaLevel(sigmas[i]!);
      return {
        timesteps,
        ...sigmaSpace(level, noiseScale(config, sigmas)),
        start: () => ({
          step(output, latent, i) {
            const denoised = predictedClean({ prediction, output, latent, level: level(i) });
            const ratio = sigmas[i + 1]! / sigmas[i]!;
            return { denoised, latent: weighted([ratio, latent], [1 - ratio, denoised]) };
          },
        }),
      };
    },
  };
}

const fields = {
  ...training(0.0001, 0.02, "linear"),
  ...spacing("linspace"),
  ...karrasFields(),
  prediction_type: anyPrediction,
  rescale_betas_zero_snr: z.boolean().default(false),
  final_sigmas_type: z.enum(["zero", "sigma_min"]).default("zero"),
  interpolation_type: z.literal("linear").default("linear"),
  timestep_type: z.literal("discrete").default("discrete"),
};
