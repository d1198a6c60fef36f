import { noised } from "./level.ts";
import type { Level } from "./level.ts";
import type { Schedule } from "./scheduler.ts";
import type { Spacing } from "./schedule/timesteps.ts";
import { weighted } from "./weighted.ts";

/** How latents are scaled on their way. */
export type LatentSpace = Pick<Schedule, "initialNoiseScale" | "level" | "scaleInput" | "addNoise">;

/** Latents keep the image's variance, as in training, so the model takes them as they are. */
export function shareSpace(level: (i: number) => Level): LatentSpace {
  return {
    initialNoiseScale: 1,
    level,
    scaleInput: (latent) => latent,
    addNoise: (clean, noise, i) => noised(clean, noise, level(i)),
  };
}

/** The variance of latents grows with the noise, and the model takes them scaled back (Karras et al. 2022). */
export function sigmaSpace(level: (i: number) => Level, initialNoiseScale: number): LatentSpace {
  return {
    initialNoiseScale,
    level,
    scaleInput: (latent, i) => weighted([1 / Math.sqrt(level(i).sigma ** 2 + 1), latent]),
    addNoise: (clean, noise, i) => noised(clean, noise, level(i)),
  };
}

/** "leading" schedules start below the last training timestep, at which part of the image would be left. */
export function noiseScale(config: Spacing, sigmas: readonly number[]): number {
  const maxSigma = Math.max(...sigmas);
  return config.timestep_spacing === "leading" ? Math.sqrt(maxSigma ** 2 + 1) : maxSigma;
}
