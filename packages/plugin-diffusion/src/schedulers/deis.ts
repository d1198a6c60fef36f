import * as z from "zod";
import { off, read } from "./config.ts";
import type { SchedulerConfig } from "./config.ts";
import { shareSpace } from "./latent-space.ts";
import { predictedClean, predictedNoise, ratioLevel } from "./level.ts";
import { anyPrediction } from "./prediction.ts";
import { cumulativeAlphas, training } from "./schedule/alphas.ts";
import { karrasFields, openSchedule, rounded } from "./schedule/sigma-schedule.ts";
import { sigmasOf } from "./schedule/sigmas.ts";
import { spacing } from "./schedule/timesteps.ts";
import type { Solver } from "./solver.ts";
import { weighted } from "./weighted.ts";
import type { Term } from "./weighted.ts";

const { log, min } = Math;

/**
 * Zhang & Chen 2022, "Fast Sampling of Diffusion Models with Exponential Integrator", ρAB in log ρ: the noise is a polynomial
 * in the logarithm of the noise-to-image ratio, through the last predictions.
 */
export function deis(json: SchedulerConfig): Solver {
  const config = read("DEISMultistepScheduler", fields, json);
  const { prediction_type: prediction, solver_order: maxOrder } = config;
  const alphas = cumulativeAlphas(config);
  const firstSigma = sigmasOf(alphas)[0]!;

  return {
    prediction,
    maxSteps: config.num_train_timesteps - 1,
    order: 1,
    schedule({ steps }) {
      const { timesteps, sigmas: visited } = rounded(openSchedule(config, alphas, steps));
      const sigmas = [...visited, config.use_karras_sigmas ? visited.at(-1)! : firstSigma];
      const levels = sigmas.map(ratioLevel);
      const lowers = config.lower_order_final && steps < 15;
      return {
        timesteps,
        ...shareSpace((i) => levels[i]!),
        start() {
          let noises: readonly Float32Array[] = [];
          return {
            step(output, latent, i) {
              const answer = { prediction, output, latent, level: levels[i]! };
              noises = [predictedNoise(answer), ...noises].slice(0, maxOrder);
              const order = min(noises.length, lowers ? steps - i : maxOrder);
              const [from, to] = [levels[i]!.alpha, levels[i + 1]!.alpha];
              const weights = noiseWeights(sigmas.slice(i - order + 1, i + 2).toReversed());
              return {
                denoised: predictedClean(answer),
                latent: weighted(
                  [to / from, latent],
                  ...weights.map((weight, k): Term => [to * weight, noises[k]!]),
                ),
              };
            },
          };
        },
      };
    },
  };
}

/**
 * ∫ of each Lagrange basis in log σ, from the second sigma to the first. The bases go through all sigmas but the first, one to
 * three of them.
 */
function noiseWeights([to, ...nodes]: readonly number[]): readonly number[] {
  const from = nodes[0]!;
  return nodes.map((node) => {
    const [one, other] = nodes.filter((each) => each !== node).map(log);
    if (one === undefined) return to! - from;
    const distance = log(node) - one;
    const [linear, linearBefore] = [moments(to!), moments(from)];
    const moment = (k: number) => linear[k]! - linearBefore[k]!;
    if (other === undefined) return (moment(1) - one * moment(0)) / distance;
    const quadratic = moment(2) - (one + other) * moment(1) + one * other * moment(0);
    return quadratic / (distance * (log(node) - other));
  });
}

/** Antiderivatives of 1, log σ and log² σ. */
function moments(sigma: number): readonly [number, number, number] {
  const u = log(sigma);
  return [sigma, sigma * (u - 1), sigma * (u ** 2 - 2 * u + 2)];
}

/** Classes share configs: other solvers' types mean DEIS's own, as in diffusers. */
const fields = {
  ...training(0.0001, 0.02, "linear"),
  ...spacing("linspace"),
  ...karrasFields(),
  prediction_type: anyPrediction,
  solver_order: z.literal([1, 2, 3]).default(2),
  algorithm_type: z.enum(["deis", "dpmsolver", "dpmsolver++"]).default("deis"),
  solver_type: z.enum(["logrho", "midpoint", "heun", "bh1", "bh2"]).default("logrho"),
  lower_order_final: z.boolean().default(true),
  thresholding: off,
  use_flow_sigmas: off,
  use_dynamic_shifting: off,
};
