import type { Tensor } from "@kindred/core";

const { abs, max, sqrt } = Math;

/** Least deviation that a change is compared with, for a group that is the same everywhere. */
const least = 1e-6;

/** Means and variances of groups over a whole map, of those of its parts: float32 [2, groups] each. */
export class PooledStatistics {
  readonly #groups: number;
  /** Sums of the means, and of the mean squares. */
  readonly #sums: Float64Array;
  #pixels = 0;

  constructor(groups: number) {
    this.#groups = groups;
    this.#sums = new Float64Array(2 * groups);
  }

  /** Adds those of a part of so many pixels. */
  add({ data }: Tensor, pixels: number): void {
    const groups = this.#groups;
    for (let i = 0; i < groups; i++) {
      const mean = Number(data[i]);
      const variance = Number(data[groups + i]);
      this.#sums[i]! += pixels * mean;
      this.#sums[groups + i]! += pixels * (variance + mean * mean);
    }
    this.#pixels += pixels;
  }

  get whole(): Tensor {
    const groups = this.#groups;
    const data = new Float32Array(2 * groups);
    for (let i = 0; i < groups; i++) {
      const mean = this.#sums[i]! / this.#pixels;
      data[i] = mean;
      data[groups + i] = max(0, this.#sums[groups + i]! / this.#pixels - mean * mean);
    }
    return { type: "float32", dims: [2, groups], data };
  }
}

/** How far any group's mean or deviation is from another estimate of it, in shares of the deviation. */
export function distanceOf(estimate: Tensor, other: Tensor): number {
  const groups = estimate.data.length / 2;
  let farthest = 0;
  for (let i = 0; i < groups; i++) {
    const [mean, deviation] = momentsOf(estimate, i);
    const [otherMean, otherDeviation] = momentsOf(other, i);
    const change = max(abs(mean - otherMean), abs(deviation - otherDeviation));
    farthest = max(farthest, change / max(deviation, least));
  }
  return farthest;
}

function momentsOf({ data }: Tensor, group: number): readonly [mean: number, deviation: number] {
  return [Number(data[group]), sqrt(Number(data[data.length / 2 + group]))];
}
