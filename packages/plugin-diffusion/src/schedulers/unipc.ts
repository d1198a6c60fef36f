import { KernelError } from "@kindred/core";
import * as z from "zod";
import { off, read } from "./config.ts";
import type { SchedulerConfig } from "./config.ts";
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
import { weighted } from "./weighted.ts";
import type { Term } from "./weighted.ts";

const { expm1, min } = Math;

/** Zhao et al. 2023, "UniPC: A Unified Predictor-Corrector Framework", algorithms 5 to 8, predicting the clean latent. */
export function unipc(json: SchedulerConfig): Solver {
  const config = read("UniPCMultistepScheduler", fields, json);
  const prediction = config.prediction_type;
  const alphas = cumulativeAlphas(config);
  const firstSigma = sigmasOf(alphas)[0]!;
  if (!config.lower_order_final && config.final_sigmas_type === "zero")
    throw new KernelError(
      "UNSUPPORTED",
      'UniPC cannot end at no noise with lower_order_final: false. Set final_sigmas_type: "sigma_min".',
    );

  return {
    prediction,
    maxSteps: config.num_train_timesteps - 1,
    order: 1,
    schedule({ steps }) {
      const { timesteps, sigmas } = rounded(openSchedule(config, alphas, steps));
      const last = config.use_karras_sigmas ? sigmas.at(-1)! : firstSigma;
      const final = config.final_sigmas_type === "zero" ? 0 : last;
      const levels = [...sigmas, final].map(ratioLevel);
      const lambdas = levels.map(lambda);

      /** The step from point i to the next. */
      function move({ latent, i, answers, arrived }: Move): Float32Array {
        const [from, to] = [levels[i]!, levels[i + 1]!];
        const h = lambdas[i + 1]! - lambdas[i]!;
        const earlier = lambdas.slice(i - answers.length + 1, i).toReversed();
        const ratios = earlier.map((lambda) => (lambda - lambdas[i]!) / h);
        const b = config.solver_type === "bh1" ? -h : expm1(-h);
        const weights = unipcWeights(arrived ? [...ratios, 1] : ratios, h, b);
        const clean = answers.at(-1)!;
        const others = ratios.map((_, k) => answers.at(-2 - k)!);
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
        timesteps,
        ...shareSpace((i) => levels[i]!),
        start() {
          let answers: readonly Float32Array[] = [];
          let before: Move | undefined;
          return {
            step(output, latent, i) {
              const denoised = predictedClean({ prediction, output, latent, level: levels[i]! });
              const corrected =
                before && !config.disable_corrector.includes(i - 1)
                  ? move({ ...before, arrived: denoised })
                  : latent;
              answers = [...answers, denoised].slice(-config.solver_order);
              const room = config.lower_order_final ? steps - i : config.solver_order;
              const order = min(config.solver_order, room, answers.length);
              before = { latent: corrected, i, answers: answers.slice(-order) };
              return { denoised, latent: move(before) };
            },
          };
        },
      };
    },
  };
}

interface Move {
  readonly latent: Float32Array;
  readonly i: number;
  /** Predicted clean latents at point i and before, as many as the step's order, the newest last. */
  readonly answers: readonly Float32Array[];
  /** The clean latent predicted at the next point, for the corrector. */
  readonly arrived?: Float32Array;
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
