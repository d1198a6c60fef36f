import * as z from "zod";
import { off, read } from "./config.ts";
import type { SchedulerConfig } from "./config.ts";
import { dpmSolverFields, dpmStep, lambda } from "./dpm-solver.ts";
import { shareSpace } from "./latent-space.ts";
import { predictedClean, ratioLevel } from "./level.ts";
import { anyPrediction } from "./prediction.ts";
import { cumulativeAlphas, training } from "./schedule/alphas.ts";
import { karrasFields, openSchedule } from "./schedule/sigma-schedule.ts";
import { sigmasOf } from "./schedule/sigmas.ts";
import { rint, spacing } from "./schedule/timesteps.ts";
import type { Solver } from "./solver.ts";
import { weighted } from "./weighted.ts";

const { trunc } = Math;

/** Lu et al. 2022, "DPM-Solver++", algorithm 2 (2M) and its stochastic form. */
export function dpmSolverMultistep(json: SchedulerConfig): Solver {
  const config = read("DPMSolverMultistepScheduler", fields, json);
  const prediction = config.prediction_type;
  const alphas = cumulativeAlphas(config);
  const final = config.final_sigmas_type === "zero" ? 0 : sigmasOf(alphas)[0]!;
  const stochastic = config.algorithm_type === "sde-dpmsolver++";
  const whole = config.beta_schedule === "squaredcos_cap_v2" ? trunc : rint;

  return {
    prediction,
    maxSteps: config.num_train_timesteps - 1,
    order: 1,
    schedule({ steps }) {
      const { timesteps, sigmas } = openSchedule(config, alphas, steps);
      const levels = [...sigmas, final].map(ratioLevel);
      const firstOrderLast =
        config.euler_at_final || final === 0 || (config.lower_order_final && steps < 15);

      function scaledChange(before: Float32Array, clean: Float32Array, i: number): Float32Array {
        const [earlier, now, next] = [i - 1, i, i + 1].map((k) => lambda(levels[k]!));
        const ratio = (next! - now!) / (now! - earlier!);
        return weighted([ratio, clean], [-ratio, before]);
      }

      return {
        timesteps: timesteps.map(whole),
        ...shareSpace((i) => levels[i]!),
        start(noise) {
          let previous: Float32Array | undefined;
          return {
            step(output, latent, i) {
              const [from, to] = [levels[i]!, levels[i + 1]!];
              const clean = predictedClean({ prediction, output, latent, level: from });
              const firstOrder = config.solver_order === 1 || (i === steps - 1 && firstOrderLast);
              const change = firstOrder || !previous ? undefined : scaledChange(previous, clean, i);
              previous = clean;
              const fresh = stochastic ? noise() : undefined;
              const step = { from, to, latent, clean, change, noise: fresh };
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
  ...spacing("linspace"),
  ...karrasFields(),
  ...dpmSolverFields(),
  prediction_type: anyPrediction,
  rescale_betas_zero_snr: z.boolean().default(false),
  lower_order_final: z.boolean().default(true),
  euler_at_final: z.boolean().default(false),
  use_lu_lambdas: off,
};
