import type { Level, Prediction } from "./level.ts";

/** How a picture is stepped out of noise: one of diffusers' scheduler classes, configured. Immutable, shared by requests. */
export interface Scheduler {
  /** diffusers' class name. */
  readonly name: string;
  /** What the model's output means. */
  readonly prediction: Prediction;
  /** Begins one picture. Steps or a strength that the schedule has no room for are INVALID_INPUT. */
  start(request: SamplingRequest): Sampling;
}

export interface SamplingRequest {
  readonly steps: number;
  /** Fresh standard normal values, as many as the latent has; drawn in diffusers' order by samplers that add noise. */
  readonly noise: () => Float32Array;
  /** How much of the schedule an image-to-image request runs, above 0 up to 1. Default 1, all of it. */
  readonly strength?: number | undefined;
  /** DDIM's η: 0 deterministic, 1 as noisy as DDPM. Default 0. Others ignore it, as in diffusers' pipelines. */
  readonly eta?: number | undefined;
}

/** One picture's way through the schedule. It keeps the solver's history: call `step` once per timestep, in order. */
export interface Sampling {
  /** A model call each: the time the model is told, fractions included. */
  readonly timesteps: readonly number[];
  /** What standard normal noise is multiplied by to become the first latent of a whole schedule. */
  readonly initialNoiseScale: number;
  /** The mix of image and noise that the latent is before call `i`; at `timesteps.length`, that it ends at. */
  level(i: number): Level;
  /** The latent as the model wants it at call `i`. */
  scaleInput(latent: Float32Array, i: number): Float32Array;
  /** The clean latent noised for call `i`: where image-to-image starts, and what a mask keeps. */
  addNoise(clean: Float32Array, noise: Float32Array, i: number): Float32Array;
  step(output: Float32Array, latent: Float32Array, i: number): Step;
}

export interface Step {
  readonly latent: Float32Array;
  /** The clean latent as predicted at this step, for previews. */
  readonly denoised: Float32Array;
}
