import * as z from "zod";
import { off } from "../config.ts";
import type { Fields } from "../config.ts";
import { interpolate, karras, sigmasOf, timestepOf } from "./sigmas.ts";
import { openTimesteps, rint, timesteps } from "./timesteps.ts";
import type { Spacing } from "./timesteps.ts";

const { fround } = Math;

/** The times that the model is told, and the noise-to-image ratios at them. A solver adds the sigma that it ends at. */
export interface SigmaSchedule {
  readonly timesteps: readonly number[];
  readonly sigmas: readonly number[];
}

export interface KarrasFields {
  readonly use_karras_sigmas: boolean;
  readonly sigma_min: number | null;
  readonly sigma_max: number | null;
  readonly use_exponential_sigmas: false | null;
  readonly use_beta_sigmas: false | null;
}

/** The schema of `KarrasFields`. */
export function karrasFields(): Fields<KarrasFields> {
  return {
    use_karras_sigmas: z.boolean().default(false),
    sigma_min: z.number().nullable().default(null),
    sigma_max: z.number().nullable().default(null),
    use_exponential_sigmas: off,
    use_beta_sigmas: off,
  };
}

type Config = Spacing & Partial<KarrasFields> & { readonly num_train_timesteps: number };

/** The sigmas of the timesteps. Karras' sigmas lie between the first and the last of them. */
export function sigmaSchedule(config: Config, alphas: Float32Array, steps: number): SigmaSchedule {
  const table = sigmasOf(alphas);
  const times = timesteps(config, steps).map(fround);
  const sigmas = times.map((time) => interpolate(table, time));
  if (!config.use_karras_sigmas) return { timesteps: times, sigmas: sigmas.map(fround) };
  return karrasSchedule(config, table, { from: sigmas[0]!, to: sigmas.at(-1)!, steps });
}

/**
 * The schedule of solvers that count its end among its points. Timesteps are whole; Karras' sigmas span all of training.
 */
export function openSchedule(config: Config, alphas: Float32Array, steps: number): SigmaSchedule {
  const table = sigmasOf(alphas);
  if (config.use_karras_sigmas)
    return karrasSchedule(config, table, { from: table.at(-1)!, to: table[0]!, steps });
  const times = openTimesteps(config, steps);
  return { timesteps: times, sigmas: times.map((time) => fround(interpolate(table, time))) };
}

/** The schedule with whole timesteps: most solvers round Karras' times before they tell the model. */
export function rounded({ timesteps, sigmas }: SigmaSchedule): SigmaSchedule {
  return { timesteps: timesteps.map(rint), sigmas };
}

interface Range {
  readonly from: number;
  readonly to: number;
  readonly steps: number;
}

function karrasSchedule(config: Config, table: Float32Array, range: Range): SigmaSchedule {
  const from = config.sigma_max ?? range.from;
  const to = config.sigma_min ?? range.to;
  const sigmas = karras(from, to, range.steps);
  return {
    timesteps: sigmas.map((sigma) => fround(timestepOf(sigma, table))),
    sigmas: sigmas.map(fround),
  };
}
