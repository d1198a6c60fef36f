import { KernelError } from "@kindred/core";
import { z } from "zod";
import { off, read, type SchedulerConfig } from "./config.ts";
import { lambda } from "./dpm-solver.ts";
import { shareSpace } from "./latent-space.ts";
import { predictedClean, ratioLevel } from "./level.ts";
import { anyPrediction } from "./prediction.ts";
import { cumulativeAlphas, training } from "./schedule/alphas.ts";
import { karrasFields, openSchedule, rounded } from "./schedule/sigma-schedule.ts";
import { sigmasOf } from "./schedule/sigmas.ts";
import { spacing } from "./schedule/timesteps.ts";
import type { Solver } from "./solver.ts";
import { unipcWeights } from "./unipc-weights.ts";
import { type Term, weighted } from "./weighted.ts";

const { expm1, min } = Math;

/** Zhao et al. 2023, "UniPC: A Unified Predictor-Corrector Framework", algorithms 5 to 8, predicting the clean latent. */
export function unipc(json: SchedulerConfig): Solver {
  const config = read("UniPCMultistepScheduler", fields, json);
  const prediction = config.prediction_type;
  const alphas = cumulativeAlphas(config);
  const smallest = sigmasOf(alphas)[0]!;
  if (!config.lower_order_final && config.final_sigmas_type === "zero")
    throw new KernelError(
      "UNSUPPORTED",
      'UniPC cannot end at no noise with lower_order_final: false. Set final_sigmas_type: "sigma_min".',
    );

  return {
    prediction,
    maximumSteps: config.num_train_timesteps - 1,
    order: 1,
    sample({ steps }) {
      const schedule = rounded(openSchedule(config, alphas, steps));
      const last = config.use_karras_sigmas ? schedule.sigmas.at(-1)! : smallest;
      const final = config.final_sigmas_type === "zero" ? 0 : last;
      const levels = [...schedule.sigmas, final].map(ratioLevel);
      const lambdas = levels.map(lambda);
      const history: Float32Array[] = [];
      let before: { readonly latent: Float32Array; readonly order: number } | undefined;

      /** From point i to the next, over `order` points with the newest last; `arrived` is the answer there, for the corrector. */
      function move(latent: Float32Array, i: number, order: number, arrived?: Float32Array) {
        const [from, to] = [levels[i]!, levels[i + 1]!];
        const h = lambdas[i + 1]! - lambdas[i]!;
        const earlier = lambdas.slice(i - order + 1, i).toReversed();
        const ratios = earlier.map((lambda) => (lambda - lambdas[i]!) / h);
        const b = config.solver_type === "bh1" ? -h : expm1(-h);
        const weights = unipcWeights(arrived ? [...ratios, 1] : ratios, h, b);
        const clean = history.at(-1)!;
        const others = ratios.map((_, k) => history.at(-2 - k)!);
        const terms = [...others, ...(arrived ? [arrived] : [])].flatMap((other, k): Term[] => {
          const weight = (-to.alpha * b * weights[k]!) / (ratios[k] ?? 1);
          return [
            [weight, other],
            [-weight, clean],
          ];
        });
        return weighted([to.sigma / from.sigma, latent], [-to.alpha * expm1(-h), clean], ...terms);
      }

      return {
        timesteps: schedule.timesteps,
        ...shareSpace((i) => levels[i]!),
        step(output, latent, i) {
          const denoised = predictedClean({ prediction, output, latent, level: levels[i]! });
          const corrected =
            before && !config.disable_corrector.includes(i - 1)
              ? move(before.latent, i - 1, before.order, denoised)
              : latent;
          history.push(denoised);
          if (history.length > config.solver_order) history.shift();
          const room = config.lower_order_final ? steps - i : config.solver_order;
          const order = min(config.solver_order, room, history.length);
          before = { latent: corrected, order };
          return { denoised, latent: move(corrected, i, order) };
        },
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
  solver_order: z.literal([1, 2, 3]).default(2),
  solver_type: z.enum(["bh1", "bh2", "midpoint", "heun", "logrho"]).default("bh2"),
  lower_order_final: z.boolean().default(true),
  disable_corrector: z.array(z.int()).default([]),
  final_sigmas_type: z.enum(["zero", "sigma_min"]).default("zero"),
  predict_x0: z.literal(true).default(true),
  solver_p: z.literal(null).default(null),
  shift_terminal: z.literal(null).default(null),
  thresholding: off,
  use_flow_sigmas: off,
  use_dynamic_shifting: off,
};
