import { ancestralStep } from "./ancestral.ts";
import { read } from "./config.ts";
import type { SchedulerConfig } from "./config.ts";
import { midpointSchedule } from "./midpoint.ts";
import { noiseOrVelocity } from "./prediction.ts";
import { cumulativeAlphas, training } from "./schedule/alphas.ts";
import { karrasFields, rounded, sigmaSchedule } from "./schedule/sigma-schedule.ts";
import { sigmasOf } from "./schedule/sigmas.ts";
import { spacing } from "./schedule/timesteps.ts";
import type { Solver } from "./solver.ts";

/** k-diffusion's `sample_dpm_2`: the midpoint method of DPM-Solver (Lu et al. 2022) between the schedule's sigmas. */
export function kdpm2(json: SchedulerConfig): Solver {
  return midpointSolver("KDPM2DiscreteScheduler", json, (_from, to) => ({ down: to, up: 0 }));
}

/** k-diffusion's `sample_dpm_2_ancestral`: as `kdpm2`, with ancestral noise after each step. */
export function kdpm2Ancestral(json: SchedulerConfig): Solver {
  return midpointSolver("KDPM2AncestralDiscreteScheduler", json, ancestralStep);
}

function midpointSolver(name: string, json: SchedulerConfig, step: typeof ancestralStep): Solver {
  const config = read(name, fields, json);
  const prediction = config.prediction_type;
  const alphas = cumulativeAlphas(config);
  const trained = sigmasOf(alphas);

  return {
    prediction,
    maxSteps: config.num_train_timesteps,
    order: 2,
    schedule({ steps }) {
      const exact = sigmaSchedule(config, alphas, steps);
      const sigmas = config.use_karras_sigmas ? rounded(exact) : exact;
      return midpointSchedule({ config, prediction, schedule: sigmas, training: trained, step });
    },
  };
}

const fields = {
  ...training(0.00085, 0.012, "linear"),
  ...spacing("linspace"),
  ...karrasFields(),
  prediction_type: noiseOrVelocity,
};
