import type { Tensor } from "@kindred/core";
import { stacked, stackedTensor } from "./conditions.ts";
import type { GuidedConditions } from "./conditions.ts";
import type { Denoiser } from "./denoiser.ts";
import { guide } from "./guidance.ts";
import type { Guidance } from "./guidance.ts";

/** Predicts from one latent, scaled by the schedule, and a time of training. Called once per step. */
export type Denoise = (latent: Float32Array, timestep: number) => Promise<Float32Array>;

export interface DenoiseOptions {
  /** The latent's, [1, channels, height, width]. */
  readonly dims: readonly number[];
  /** With all that the denoiser takes. */
  readonly conditions: GuidedConditions;
  readonly guidance: Guidance;
  readonly signal: AbortSignal;
}

/** One of the ways below. */
export type DenoiseWay = (denoiser: Denoiser, options: DenoiseOptions) => Denoise;

/** Runs the denoiser with the prompt alone. */
export const unguided: DenoiseWay = (denoiser, { dims, conditions, signal }) => {
  return (latent, timestep) => {
    const latents = tensorOf(latent, dims);
    return denoiser.predict({ latents, timestep, conditions: conditions.prompt }, signal);
  };
};

/** Runs the denoiser with and without the prompt at once, in a batch of two. */
export const guidedTogether: DenoiseWay = (denoiser, options) => {
  const { dims, guidance, signal } = options;
  const { prompt, negative } = options.conditions;
  const conditions = stacked(negative!, prompt);
  return async (latent, timestep) => {
    const one = tensorOf(latent, dims);
    const latents = stackedTensor(one, one);
    const both = await denoiser.predict({ latents, timestep, conditions }, signal);
    const half = both.length / 2;
    return guide(both.subarray(0, half), both.subarray(half), guidance);
  };
};

/** Runs the denoiser without the prompt and then with it, in half the memory. */
export const guidedApart: DenoiseWay = (denoiser, options) => {
  const { dims, guidance, signal } = options;
  const { prompt, negative } = options.conditions;
  return async (latent, timestep) => {
    const latents = tensorOf(latent, dims);
    const predict = (conditions: typeof prompt) =>
      denoiser.predict({ latents, timestep, conditions }, signal);
    const without = await predict(negative!);
    return guide(without, await predict(prompt), guidance);
  };
};

function tensorOf(data: Float32Array, dims: readonly number[]): Tensor {
  return { type: "float32", dims, data };
}
