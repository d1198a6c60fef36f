import type { LatentSize } from "../latent.ts";
import type { Level, Prediction } from "./level.ts";

/** One of diffusers' scheduler classes over a checkpoint's configuration. Immutable: requests share it. */
export interface Scheduler {
  /** diffusers' class name. */
  readonly name: string;
  /** How to read the model's output. */
  readonly prediction: Prediction;
  /**
   * Makes one request's schedule. The pipeline calls it before the request queues. INVALID_INPUT on `steps` or `strength`
   * when the schedule has no room for them.
   */
  schedule(request: SamplingRequest): Schedule;
}

export interface SamplingRequest {
  readonly steps: number;
  /** The latent's size, for schedules that shift with it. */
  readonly size: LatentSize;
  /** Share of the schedule that an image-to-image request runs, above 0 up to 1. Default 1. */
  readonly strength?: number | undefined;
  /** DDIM's η: 0 is deterministic, 1 as noisy as DDPM. Default 0. Other classes ignore it, as in diffusers' pipelines. */
  readonly eta?: number | undefined;
}

/** The timesteps and noise levels of one request. Immutable: its pictures share it. */
export interface Schedule {
  /** The time that each model call is told, fractions included. */
  readonly timesteps: readonly number[];
  /** Standard normal noise times this is the first latent of a whole schedule. */
  readonly initialNoiseScale: number;
  /** The shares of image and noise in the latent before call `i`, or in the last latent at `timesteps.length`. */
  level(i: number): Level;
  /** The latent as the model takes it at call `i`. */
  scaleInput(latent: Float32Array, i: number): Float32Array;
  /** The clean latent with the noise of call `i`: an image-to-image request starts from it, a mask keeps it. */
  addNoise(clean: Float32Array, noise: Float32Array, i: number): Float32Array;
  /**
   * Begins one picture. `noise` gives fresh standard normal values, as many as the latent has. Samplers that add noise
   * draw it in diffusers' order.
   */
  start(noise: () => Float32Array): Sampling;
}

/** One picture's way through its schedule. It keeps the solver's history. */
export interface Sampling {
  /** Called once for each timestep, in order, with the model's output for the latent. */
  step(output: Float32Array, latent: Float32Array, i: number): Step;
}

export interface Step {
  /** The latent before the next call. */
  readonly latent: Float32Array;
  /** The clean latent as predicted at this step, for previews. */
  readonly denoised: Float32Array;
}
