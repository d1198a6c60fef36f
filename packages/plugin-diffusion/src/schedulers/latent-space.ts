import { type Level, noised } from "./level.ts";
import type { Sampling } from "./scheduler.ts";
import type { Spacing } from "./schedule/timesteps.ts";
import { weighted } from "./weighted.ts";

export type LatentSpace = Pick<Sampling, "initialNoiseScale" | "level" | "scaleInput" | "addNoise">;

/** Latents as the model was trained on: of the image's variance throughout. */
export function shareSpace(level: (i: number) => Level): LatentSpace {
  return {
    initialNoiseScale: 1,
    level,
    scaleInput: (latent) => latent,
    addNoise: (clean, noise, i) => noised(clean, noise, level(i)),
  };
}

/** Latents whose variance grows with the noise; the model sees them scaled back (Karras et al. 2022). */
export function sigmaSpace(level: (i: number) => Level, initialNoiseScale: number): LatentSpace {
  return {
    initialNoiseScale,
    level,
    scaleInput: (latent, i) => weighted([1 / Math.sqrt(level(i).sigma ** 2 + 1), latent]),
    addNoise: (clean, noise, i) => noised(clean, noise, level(i)),
  };
}

/** "leading" schedules start short of the last training timestep, where some image would be left. */
export function noiseScale(config: Spacing, sigmas: readonly number[]): number {
  const largest = Math.max(...sigmas);
  return config.timestep_spacing === "leading" ? Math.sqrt(largest ** 2 + 1) : largest;
}
