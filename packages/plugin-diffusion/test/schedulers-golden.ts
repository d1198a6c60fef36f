import { readFileSync } from "node:fs";
import { generator } from "../src/noise/generator.ts";
import type { SchedulerConfig } from "../src/schedulers/config.ts";
import { createScheduler } from "../src/schedulers/create.ts";
import { corrected } from "../src/schedulers/outdated.ts";

export interface Case {
  readonly config: string | SchedulerConfig;
  readonly sampler: string;
  readonly steps: number;
  readonly strength?: number;
  readonly eta?: number;
  /** Stepped as Stable Diffusion's pipeline corrects outdated configurations. */
  readonly corrected?: boolean;
  readonly timesteps: readonly number[];
  readonly scale: number;
  /** The latent's first values after each call. Recorded for cases of few calls. */
  readonly path?: readonly (readonly number[])[];
  readonly latent: readonly number[];
  readonly noised?: readonly number[];
  readonly kept?: readonly number[];
}

interface Golden {
  readonly configs: Readonly<Record<string, SchedulerConfig>>;
  readonly options: Readonly<Record<string, readonly string[]>>;
  readonly cases: readonly Case[];
}

export const golden = JSON.parse(
  readFileSync(new URL("golden/schedulers.json", import.meta.url), "utf8"),
) as Golden;

export function title({ config, sampler, steps, strength, eta, corrected }: Case): string {
  const name = typeof config === "string" ? config : JSON.stringify(config);
  const extra = [strength && `strength ${strength}`, eta && `eta ${eta}`, corrected && "corrected"];
  return [name, sampler, `${steps} steps`, ...extra.filter(Boolean)].join(", ");
}

const count = 16;
export const size = { channels: 1, height: 4, width: 4 };

/** A stand-in for a network, the same as in tools/reference/schedulers.py. */
export function model(latent: Float32Array, time: number): Float32Array {
  const share = 0.3 * Math.cos(time / 700);
  return latent.map((value, i) => share * value + 0.5 * Math.sin(1.7 * i + 0.3));
}

export interface Run {
  readonly timesteps: readonly number[];
  readonly scale: number;
  readonly path: readonly Float32Array[];
  readonly denoised: Float32Array;
  readonly noised: Float32Array;
  readonly kept: Float32Array | undefined;
}

export interface Recipe {
  readonly config: string | SchedulerConfig;
  readonly sampler: string;
  readonly steps: number;
  readonly strength?: number;
  readonly eta?: number;
  readonly corrected?: boolean;
  readonly seed?: number;
}

export function run(recipe: Recipe): Run {
  const { config, sampler, steps, strength, eta, seed = 7 } = recipe;
  const stated = typeof config === "string" ? golden.configs[config]! : config;
  const json = recipe.corrected ? corrected(stated, sampler) : stated;
  const random = generator(seed);
  const noise = random.normal(count);
  const schedule = createScheduler(json, sampler).schedule({ steps, size, strength, eta });
  const sampling = schedule.start(() => random.normal(count));
  const clean = Float32Array.from(noise, (_, i) => Math.cos(i));
  const noised = schedule.addNoise(clean, noise, 0);
  let latent =
    strength === undefined ? noise.map((value) => value * schedule.initialNoiseScale) : noised;
  let denoised = latent;
  const path = schedule.timesteps.map((time, i) => {
    const output = model(schedule.scaleInput(latent, i), time);
    ({ latent, denoised } = sampling.step(output, latent, i));
    return latent;
  });
  const kept = schedule.timesteps.length > 1 ? schedule.addNoise(clean, noise, 1) : undefined;
  const { timesteps, initialNoiseScale: scale } = schedule;
  return { timesteps, scale, path, denoised, noised, kept };
}

/** The greatest difference, relative to the greatest value. */
export function deviation(actual: ArrayLike<number>, expected: readonly number[]): number {
  const max = Math.max(...expected.map(Math.abs));
  const difference = Math.max(...expected.map((value, i) => Math.abs(actual[i]! - value)));
  return difference / (max || 1);
}
