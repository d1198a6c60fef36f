import type { Tensor } from "@kindred/core";
import type { PoolingMode } from "../graphs/pooling.ts";

/** One text's tokens in a batch of states. */
export interface TokenSpan {
  /** How many there are. */
  readonly length: number;
  /** How many of the first ones do not count. */
  readonly skipped: number;
}

/**
 * Pools token states, float32 [texts, longest text, width], to one vector [modes · width] for each text. It does on the host what
 * `pool` does within a graph, for graphs that are exported.
 */
export function poolStates(
  { data, dims: [, longest = 0, width = 0] }: Tensor,
  spans: readonly TokenSpan[],
  modes: readonly PoolingMode[],
): readonly Float32Array[] {
  const states = data as Float32Array;
  return spans.map(({ length, skipped }, text) => {
    const start = text * longest * width;
    const counted = states.subarray(start + skipped * width, start + length * width);
    const vector = new Float32Array(modes.length * width);
    for (const [i, mode] of modes.entries()) {
      vector.set(poolings[mode](counted, { width, skipped }), i * width);
    }
    return vector;
  });
}

interface Shape {
  readonly width: number;
  /** How many tokens lie before the states. */
  readonly skipped: number;
}

/** They take the states of the tokens that count, one after the other. */
const poolings: Record<PoolingMode, (states: Float32Array, shape: Shape) => ArrayLike<number>> = {
  cls: (states, { width }) => states.subarray(0, width),

  max(states, { width }) {
    const max = new Float32Array(width).fill(-Infinity);
    for (let i = 0; i < states.length; i++) {
      max[i % width] = Math.max(max[i % width]!, states[i]!);
    }
    return max;
  },

  mean: (states, { width }) => sum(states, width).map((value) => (value * width) / states.length),

  mean_sqrt_len_tokens: (states, { width }) =>
    sum(states, width).map((value) => value / Math.sqrt(states.length / width)),

  weightedmean(states, { width, skipped }) {
    const sums = new Float64Array(width);
    let weights = 0;
    for (let token = 0; token < states.length / width; token++) {
      const weight = skipped + token + 1;
      weights += weight;
      for (let i = 0; i < width; i++) sums[i]! += weight * states[token * width + i]!;
    }
    return sums.map((value) => value / weights);
  },

  lasttoken: (states, { width }) => states.subarray(states.length - width),
};

function sum(states: Float32Array, width: number): Float64Array {
  const sums = new Float64Array(width);
  for (let i = 0; i < states.length; i++) sums[i % width]! += states[i]!;
  return sums;
}
