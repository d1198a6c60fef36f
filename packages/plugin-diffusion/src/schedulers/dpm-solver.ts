import * as z from "zod";
import { off } from "./config.ts";
import type { Fields } from "./config.ts";
import type { Level } from "./level.ts";
import { weighted } from "./weighted.ts";
import type { Term } from "./weighted.ts";

const { exp, log, sqrt } = Math;

/** The options that both DPM-Solver++ classes have. */
export interface DpmSolverFields {
  readonly solver_order: 1 | 2;
  readonly algorithm_type: "dpmsolver++" | "sde-dpmsolver++" | "deis";
  readonly solver_type: "midpoint" | "heun" | "logrho" | "bh1" | "bh2";
  readonly final_sigmas_type: "zero" | "sigma_min";
  readonly lambda_min_clipped: unknown;
  readonly variance_type: null;
  readonly thresholding: false | null;
  readonly use_flow_sigmas: false | null;
  readonly use_dynamic_shifting: false | null;
}

/** Classes share configs: "deis" and other solvers' types mean "dpmsolver++" and "midpoint", as in diffusers. */
export function dpmSolverFields(): Fields<DpmSolverFields> {
  return {
    solver_order: z.literal([1, 2]).default(2),
    algorithm_type: z.enum(["dpmsolver++", "sde-dpmsolver++", "deis"]).default("dpmsolver++"),
    solver_type: z.enum(["midpoint", "heun", "logrho", "bh1", "bh2"]).default("midpoint"),
    final_sigmas_type: z.enum(["zero", "sigma_min"]).default("zero"),
    lambda_min_clipped: z.literal([null, -Infinity]).default(-Infinity),
    variance_type: z.literal(null).default(null),
    thresholding: off,
    use_flow_sigmas: off,
    use_dynamic_shifting: off,
  };
}

export interface DpmStep {
  readonly from: Level;
  readonly to: Level;
  readonly latent: Float32Array;
  /** The clean latent as predicted at `from`. */
  readonly clean: Float32Array;
  /** Its rate of change per unit of λ, times the step's length. Absent in a step of first order. */
  readonly change?: Float32Array | undefined;
  /** Fresh noise. Present in a step of the stochastic equation. */
  readonly noise?: Float32Array | undefined;
}

/** λ = log(α/σ), half the logarithm of the signal-to-noise ratio. */
export function lambda({ alpha, sigma }: Level): number {
  return log(alpha) - log(sigma);
}

/** Lu et al. 2022, "DPM-Solver++": equation 8, or its stochastic form (appendix C), which doubles the decay. */
export function dpmStep(step: DpmStep, heun: boolean): Float32Array {
  const { from, to, latent, clean, change, noise } = step;
  const h = lambda(to) - lambda(from);
  const decay = noise ? 2 * h : h;
  const gain = to.alpha * (1 - exp(-decay));
  const terms: Term[] = [
    [(to.sigma / from.sigma) * (noise ? exp(-h) : 1), latent],
    [gain, clean],
  ];
  if (change) terms.push([heun ? to.alpha - gain / decay : gain / 2, change]);
  if (noise) terms.push([to.sigma * sqrt(1 - exp(-2 * h)), noise]);
  return weighted(...terms);
}
