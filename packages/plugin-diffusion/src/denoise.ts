import type { Tensor } from "@kindred/core";
import { stacked, stackedTensor } from "./conditions.ts";
import type { GuidedConditions } from "./conditions.ts";
import type { Denoiser } from "./denoiser.ts";
import { guide } from "./guidance.ts";
import type { Guidance } from "./guidance.ts";

/** Predicts from one latent, scaled by the schedule, and a time of training, at the schedule's step of this number. Called once per step. */
export type Denoise = (
  latent: Float32Array,
  timestep: number,
  step: number,
) => Promise<Float32Array>;

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
  return (latent, timestep, step) => {
    const input = { latents: tensorOf(latent, dims), timestep, step, promptRows: 1 };
    return denoiser.predict({ ...input, conditions: conditions.prompt }, signal);
  };
};

/** Runs the denoiser with and without the prompt at once, in a batch of two. */
export const guidedTogether: DenoiseWay = (denoiser, options) => {
  const { dims, guidance, signal } = options;
  const { prompt, negative } = options.conditions;
  const conditions = stacked(negative!, prompt);
  return async (latent, timestep, step) => {
    const one = tensorOf(latent, dims);
    const input = { latents: stackedTensor(one, one), timestep, step, promptRows: 1 };
    const both = await denoiser.predict({ ...input, conditions }, signal);
    const half = both.length / 2;
    return guide(both.subarray(0, half), both.subarray(half), guidance);
  };
};

/** Runs the denoiser without the prompt and then with it, in half the memory. */
export const guidedApart: DenoiseWay = (denoiser, options) => {
  const { dims, guidance, signal } = options;
  const { prompt, negative } = options.conditions;
  return async (latent, timestep, step) => {
    const input = { latents: tensorOf(latent, dims), timestep, step };
    const against = { ...input, conditions: negative!, promptRows: 0 };
    const without = await denoiser.predict(against, signal);
    const towards = { ...input, conditions: prompt, promptRows: 1 };
    return guide(without, await denoiser.predict(towards, signal), guidance);
  };
};

function tensorOf(data: Float32Array, dims: readonly number[]): Tensor {
  return { type: "float32", dims, data };
}
