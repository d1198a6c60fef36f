import { read } from "./config.ts";
import type { SchedulerConfig } from "./config.ts";
import { noiseScale, sigmaSpace } from "./latent-space.ts";
import { predictedClean, sigmaLevel } from "./level.ts";
import { anyPrediction } from "./prediction.ts";
import { cumulativeAlphas, training } from "./schedule/alphas.ts";
import { karrasFields, sigmaSchedule } from "./schedule/sigma-schedule.ts";
import { spacing } from "./schedule/timesteps.ts";
import type { Solver } from "./solver.ts";
import { weighted } from "./weighted.ts";
import type { Term } from "./weighted.ts";

const { min, sqrt } = Math;
const maxOrder = 4;

/** k-diffusion's `sample_lms`: Adams–Bashforth over uneven sigmas, the integral of the last four slopes' Lagrange polynomial. */
export function lms(json: SchedulerConfig): Solver {
  const config = read("LMSDiscreteScheduler", fields, json);
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
        start() {
          const slopes: Float32Array[] = [];
          return {
            step(output, latent, i) {
              const denoised = predictedClean({ prediction, output, latent, level: level(i) });
              const sigma = sigmas[i]!;
              slopes.unshift(weighted([1 / sigma, latent], [-1 / sigma, denoised]));
              // Image-to-image starts without earlier slopes. diffusers weighs the slopes it has as if it had all four.
              const order = min(i + 1, maxOrder);
              const terms = slopes
                .slice(0, order)
                .map((slope, k): Term => [coefficient(sigmas, { order, i, k }), slope]);
              return { denoised, latent: weighted([1, latent], ...terms) };
            },
          };
        },
      };
    },
  };
}

interface Slope {
  readonly order: number;
  readonly i: number;
  readonly k: number;
}

/** ∫ of slope k's Lagrange basis from σ_i to σ_{i+1}. Two Gauss–Legendre points are exact up to degree 3, the basis' own. */
function coefficient(sigmas: readonly number[], { order, i, k }: Slope): number {
  const basis = (sigma: number) => {
    let product = 1;
    for (let j = 0; j < order; j++)
      if (j !== k) product *= (sigma - sigmas[i - j]!) / (sigmas[i - k]! - sigmas[i - j]!);
    return product;
  };
  const [middle, half] = [(sigmas[i + 1]! + sigmas[i]!) / 2, (sigmas[i + 1]! - sigmas[i]!) / 2];
  return half * (basis(middle - half / sqrt(3)) + basis(middle + half / sqrt(3)));
}

const { use_karras_sigmas, use_exponential_sigmas, use_beta_sigmas } = karrasFields();

const fields = {
  ...training(0.0001, 0.02, "linear"),
  ...spacing("linspace"),
  use_karras_sigmas,
  use_exponential_sigmas,
  use_beta_sigmas,
  prediction_type: anyPrediction,
};
