import { KernelError } from "@kindred/core";
import * as z from "zod";
import { maxTrainTimesteps } from "../config.ts";
import type { Fields } from "../config.ts";
import { shareLevel } from "../level.ts";
import type { Level } from "../level.ts";

const { cos, fround, min, sqrt } = Math;

type BetaSchedule = "linear" | "scaled_linear" | "squaredcos_cap_v2";

/** The noise that a model was trained with. */
export interface Training {
  readonly num_train_timesteps: number;
  readonly beta_start: number;
  readonly beta_end: number;
  readonly beta_schedule: BetaSchedule;
  readonly trained_betas: readonly number[] | null;
}

/** The schema of `Training`, with a class's own defaults. */
export function training(start: number, end: number, schedule: BetaSchedule): Fields<Training> {
  return {
    num_train_timesteps: z.int().min(2).max(maxTrainTimesteps).default(1000),
    beta_start: z.number().default(start),
    beta_end: z.number().default(end),
    beta_schedule: z.enum(["linear", "scaled_linear", "squaredcos_cap_v2"]).default(schedule),
    trained_betas: z.array(z.number()).max(maxTrainTimesteps).nullable().default(null),
  };
}

/** ᾱ_t, the image's share of the variance at each training timestep (Ho et al. 2020), in torch's float32 steps. */
export function cumulativeAlphas(
  config: Training & { readonly rescale_betas_zero_snr?: boolean },
): Float32Array {
  const trained = betasOf(config);
  checkBetas(trained, config);
  const betas = config.rescale_betas_zero_snr ? zeroTerminal(trained) : trained;
  return products(betas.map((beta) => 1 - beta));
}

/** Levels by timestep. `final` is ᾱ before the first timestep. INVALID_INPUT on `steps` beyond the last timestep. */
export function alphaLevels(alphas: Float32Array, final: number): (timestep: number) => Level {
  return (timestep) => {
    const alpha = timestep < 0 ? final : alphas[timestep];
    if (alpha === undefined)
      throw new KernelError(
        "INVALID_INPUT",
        `Timestep ${timestep} is past the ${alphas.length} that the model was trained with. Ask for fewer steps.`,
        { param: "steps" },
      );
    return shareLevel(alpha);
  };
}

/** LOAD_FAILED unless there is a beta for each timestep, and each is a share. */
function checkBetas(betas: Float32Array, { num_train_timesteps: count }: Training): void {
  if (betas.length < count) {
    throw unsound(`has ${betas.length} trained_betas for ${count} num_train_timesteps`);
  }
  const at = betas.findIndex((beta) => !(beta >= 0 && beta <= 1));
  if (at >= 0) throw unsound(`gives ${betas[at]} as beta at timestep ${at}; betas are from 0 to 1`);
}

function unsound(fault: string): KernelError {
  return new KernelError("LOAD_FAILED", `scheduler_config.json ${fault}. Fetch it again.`);
}

function betasOf(config: Training): Float32Array {
  const { num_train_timesteps: count, beta_start: start, beta_end: end } = config;
  if (config.trained_betas) return Float32Array.from(config.trained_betas);
  switch (config.beta_schedule) {
    case "linear":
      return linspace(start, end, count);
    case "scaled_linear":
      return linspace(sqrt(start), sqrt(end), count).map((root) => root ** 2);
    case "squaredcos_cap_v2":
      return cosine(count);
  }
}

/** torch.linspace: it counts from both ends. */
function linspace(start: number, end: number, count: number): Float32Array {
  const [first, last] = [fround(start), fround(end)];
  const step = fround(fround(last - first) / (count - 1));
  return Float32Array.from({ length: count }, (_, i) =>
    i < count / 2 ? first + fround(step * i) : last - fround(step * (count - 1 - i)),
  );
}

/** Nichol & Dhariwal 2021. Each beta is at most 0.999. */
function cosine(count: number): Float32Array {
  const share = (time: number) => cos((((time + 0.008) / 1.008) * Math.PI) / 2) ** 2;
  return Float32Array.from({ length: count }, (_, i) =>
    min(1 - share((i + 1) / count) / share(i / count), 0.999),
  );
}

/** Rescales so that the last timestep is noise alone (Lin et al. 2024, algorithm 1). */
function zeroTerminal(betas: Float32Array): Float32Array {
  const roots = products(betas.map((beta) => 1 - beta)).map(sqrt);
  const [first, last] = [roots[0]!, roots.at(-1)!];
  const scale = fround(first / fround(first - last));
  const shares = roots.map((root) => fround(fround(root - last) * scale) ** 2);
  return shares.map((share, i) => 1 - (i === 0 ? share : fround(share / shares[i - 1]!)));
}

function products(factors: Float32Array): Float32Array {
  let product = 1;
  return factors.map((factor) => (product *= factor));
}
