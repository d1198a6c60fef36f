import type { Tensor } from "@kindred/core";
import type { PoolingMode } from "../graphs/pooling.ts";

/**
 * Pools token states, float32 [texts, longest text, width], to one vector [modes · width] for each text, over as many of its
 * first tokens as `lengths` says. It does on the host what `pool` does within a graph, for graphs that are exported.
 */
export function poolStates(
  { data, dims: [, longest = 0, width = 0] }: Tensor,
  lengths: readonly number[],
  modes: readonly PoolingMode[],
): readonly Float32Array[] {
  const states = data as Float32Array;
  return lengths.map((length, text) => {
    const start = text * longest * width;
    const own = states.subarray(start, start + length * width);
    const vector = new Float32Array(modes.length * width);
    for (const [i, mode] of modes.entries()) vector.set(poolings[mode](own, width), i * width);
    return vector;
  });
}

const poolings: Record<PoolingMode, (states: Float32Array, width: number) => ArrayLike<number>> = {
  cls: (states, width) => states.subarray(0, width),

  mean(states, width) {
    const sum = new Float64Array(width);
    for (let i = 0; i < states.length; i++) sum[i % width]! += states[i]!;
    return sum.map((value) => (value * width) / states.length);
  },

  max(states, width) {
    const max = new Float32Array(width).fill(-Infinity);
    for (let i = 0; i < states.length; i++) {
      max[i % width] = Math.max(max[i % width]!, states[i]!);
    }
    return max;
  },
};
