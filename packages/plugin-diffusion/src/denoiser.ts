import type { Dims, Graph, Tensor } from "@kindred/core";
import { guide } from "./guidance.ts";
import type { Guidance } from "./guidance.ts";
import type { ScalarInput } from "./components/scalar-input.ts";
import type { PromptStates } from "./prompt/prompt-encoder.ts";

/** A latent as the model wants it, at a time of the training schedule, to what the model predicts of it. */
export type Denoise = (latent: Float32Array, timestep: number) => Promise<Float32Array>;

export interface Denoiser {
  readonly graph: Graph;
  readonly timestep: ScalarInput;
}

export interface DenoiseOptions {
  /** [1, channels, height, width] */
  readonly dims: readonly number[];
  readonly states: PromptStates;
  readonly guidance: Guidance;
  readonly signal: AbortSignal;
}

/** The prompt alone. */
export function unguided(denoiser: Denoiser, options: DenoiseOptions): Denoise {
  const { dims, states, signal } = options;
  return (latent, timestep) =>
    predict(denoiser, { latent, dims, timestep, states: states.prompt, signal });
}

/** With and without the prompt in one run: a batch of two. */
export function guidedTogether(denoiser: Denoiser, options: DenoiseOptions): Denoise {
  const { dims, guidance, signal } = options;
  const { prompt, negative } = options.states;
  const states: Tensor = {
    type: "float32",
    dims: [2, ...prompt.dims.slice(1)],
    data: joined(negative!.data as Float32Array, prompt.data as Float32Array),
  };
  const two = [2, ...dims.slice(1)];
  return async (latent, timestep) => {
    const twice = joined(latent, latent);
    const both = await predict(denoiser, { latent: twice, dims: two, timestep, states, signal });
    const half = both.length / 2;
    return guide(both.subarray(0, half), both.subarray(half), guidance);
  };
}

/** With and without the prompt one after the other, in half the memory. */
export function guidedApart(denoiser: Denoiser, options: DenoiseOptions): Denoise {
  const { dims, guidance, signal } = options;
  const { prompt, negative } = options.states;
  return async (latent, timestep) => {
    const call = { latent, dims, timestep, signal };
    const empty = await predict(denoiser, { ...call, states: negative! });
    const text = await predict(denoiser, { ...call, states: prompt });
    return guide(empty, text, guidance);
  };
}

/** What a run over `rows` latents is fed, for its memory. */
export function denoiserDims(dims: readonly number[], rows: 1 | 2): Dims {
  return { sample: [rows, ...dims.slice(1)] };
}

interface Prediction {
  readonly latent: Float32Array;
  readonly dims: readonly number[];
  readonly timestep: number;
  readonly states: Tensor;
  readonly signal: AbortSignal;
}

async function predict(
  { graph, timestep: time }: Denoiser,
  { latent, dims, timestep, states, signal }: Prediction,
): Promise<Float32Array> {
  const { out_sample } = await graph.run(
    {
      sample: { type: "float32", dims, data: latent },
      timestep: time(timestep),
      encoder_hidden_states: states,
    },
    ["out_sample"],
    signal,
  );
  return out_sample.data as Float32Array;
}

function joined(first: Float32Array, second: Float32Array): Float32Array {
  const both = new Float32Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
