import { weighted } from "./weighted.ts";

const { sqrt } = Math;

/** The meaning of a model's output: the noise, a velocity (Salimans & Ho 2022), the image, or a flow's velocity (noise − image). */
export type Prediction = "epsilon" | "v_prediction" | "sample" | "flow";

/** A noisy latent is alpha · image + sigma · noise. */
export interface Level {
  readonly alpha: number;
  readonly sigma: number;
}

/** The level of a latent that keeps the image's variance; `alphaCumprod` is the image's share of it (Ho et al. 2020). */
export function shareLevel(alphaCumprod: number): Level {
  return { alpha: sqrt(alphaCumprod), sigma: sqrt(1 - alphaCumprod) };
}

/** The level of a latent that keeps the image's variance, by its noise-to-image ratio. */
export function ratioLevel(sigma: number): Level {
  const alpha = 1 / sqrt(sigma ** 2 + 1);
  return { alpha, sigma: sigma * alpha };
}

/** The level of a latent that is the image plus noise of this deviation (Karras et al. 2022). */
export function sigmaLevel(sigma: number): Level {
  return { alpha: 1, sigma };
}

export function noised(clean: Float32Array, noise: Float32Array, level: Level): Float32Array {
  return weighted([level.alpha, clean], [level.sigma, noise]);
}

/** A model's output for a latent of this level. */
export interface Answer {
  readonly prediction: Prediction;
  readonly output: Float32Array;
  readonly latent: Float32Array;
  readonly level: Level;
}

/** The clean latent that the output predicts. */
export function predictedClean({ prediction, output, latent, level }: Answer): Float32Array {
  const { alpha, sigma } = level;
  const variance = alpha ** 2 + sigma ** 2;
  switch (prediction) {
    case "epsilon":
      return weighted([1 / alpha, latent], [-sigma / alpha, output]);
    case "v_prediction":
      return weighted([alpha / variance, latent], [-sigma / sqrt(variance), output]);
    case "sample":
      return output;
    case "flow":
      return weighted([1, latent], [-sigma, output]);
  }
}

/** The noise that the output predicts, for a latent that keeps the image's variance. */
export function predictedNoise({ prediction, output, latent, level }: Answer): Float32Array {
  const { alpha, sigma } = level;
  switch (prediction) {
    case "epsilon":
      return output;
    case "v_prediction":
      return weighted([alpha, output], [sigma, latent]);
    case "sample":
      return weighted([1 / sigma, latent], [-alpha / sigma, output]);
    case "flow":
      return weighted([1, latent], [alpha, output]);
  }
}
