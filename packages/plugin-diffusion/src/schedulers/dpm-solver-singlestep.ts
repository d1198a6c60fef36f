import * as z from "zod";
import { read } from "./config.ts";
import type { SchedulerConfig } from "./config.ts";
import { dpmSolverFields, dpmStep, lambda } from "./dpm-solver.ts";
import { shareSpace } from "./latent-space.ts";
import { predictedClean, ratioLevel } from "./level.ts";
import { anyPrediction } from "./prediction.ts";
import { cumulativeAlphas, training } from "./schedule/alphas.ts";
import { karrasFields, openSchedule, rounded } from "./schedule/sigma-schedule.ts";
import { sigmasOf } from "./schedule/sigmas.ts";
import type { Solver } from "./solver.ts";
import { weighted } from "./weighted.ts";

/** Lu et al. 2022, "DPM-Solver++", algorithm 1 (2S): every second call repeats the step before it with both answers. */
export function dpmSolverSinglestep(json: SchedulerConfig): Solver {
  const config = read("DPMSolverSinglestepScheduler", fields, json);
  const prediction = config.prediction_type;
  const alphas = cumulativeAlphas(config);
  const final = config.final_sigmas_type === "zero" ? 0 : sigmasOf(alphas)[0]!;
  const stochastic = config.algorithm_type === "sde-dpmsolver++";
  const spaced = { ...config, timestep_spacing: "linspace", steps_offset: 0 } as const;

  return {
    prediction,
    maxSteps: config.num_train_timesteps - 1,
    order: 1,
    schedule({ steps }) {
      const { timesteps, sigmas } = rounded(openSchedule(spaced, alphas, steps));
      const levels = [...sigmas, final].map(ratioLevel);
      const lastIsFirstOrder = config.lower_order_final || final === 0;
      return {
        timesteps,
        ...shareSpace((i) => levels[i]!),
        start(noise) {
          let first: { readonly latent: Float32Array; readonly clean: Float32Array } | undefined;
          return {
            step(output, latent, i) {
              const to = levels[i + 1]!;
              const clean = predictedClean({ prediction, output, latent, level: levels[i]! });
              const fresh = stochastic ? noise() : undefined;
              const second =
                config.solver_order === 2 && i % 2 === 1 && !(i === steps - 1 && lastIsFirstOrder);
              if (!second || !first) {
                first = { latent, clean };
                const step = { from: levels[i]!, to, latent, clean, noise: fresh };
                return { denoised: clean, latent: dpmStep(step, false) };
              }
              const from = levels[i - 1]!;
              const ratio = (lambda(to) - lambda(from)) / (lambda(levels[i]!) - lambda(from));
              const change = weighted([ratio, clean], [-ratio, first.clean]);
              const step = { from, to, ...first, change, noise: fresh };
              return { denoised: clean, latent: dpmStep(step, config.solver_type === "heun") };
            },
          };
        },
      };
    },
  };
}

const fields = {
  ...training(0.0001, 0.02, "linear"),
  ...karrasFields(),
  ...dpmSolverFields(),
  prediction_type: anyPrediction,
  lower_order_final: z.boolean().default(false),
};
