import { z } from "zod";
import { type Fields, off } from "../config.ts";
import { interpolate, karras, sigmasOf, timestepOf } from "./sigmas.ts";
import { openTimesteps, rint, type Spacing, timesteps } from "./timesteps.ts";

const { fround } = Math;

/** The times the model is told, and the noise-to-image ratios at them; where the schedule ends is the solver's to add. */
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

/** The sigmas of the timesteps; Karras' lie between the first and the last of these. */
export function sigmaSchedule(config: Config, alphas: Float32Array, steps: number): SigmaSchedule {
  const table = sigmasOf(alphas);
  const times = timesteps(config, steps).map(fround);
  const sigmas = times.map((time) => interpolate(table, time));
  if (!config.use_karras_sigmas) return { timesteps: times, sigmas: sigmas.map(fround) };
  return karrasSchedule(config, table, { from: sigmas[0]!, to: sigmas.at(-1)!, steps });
}

/** For solvers that count the schedule's end among its points: whole timesteps; Karras' sigmas span all of training. */
export function openSchedule(config: Config, alphas: Float32Array, steps: number): SigmaSchedule {
  const table = sigmasOf(alphas);
  if (config.use_karras_sigmas)
    return karrasSchedule(config, table, { from: table.at(-1)!, to: table[0]!, steps });
  const times = openTimesteps(config, steps);
  return { timesteps: times, sigmas: times.map((time) => fround(interpolate(table, time))) };
}

/** A Karras schedule with its times rounded, as most solvers tell them to the model. */
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
