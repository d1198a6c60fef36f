import type { Tensor, TimeSlice } from "@kindred/core";
import type { Region } from "./region.ts";
import { wholeOf } from "./region.ts";

/** A region of a map of features, float32 [1, channels, height, width]. */
export function cutOutFeatures(
  features: Tensor,
  region: Region,
  slice: TimeSlice,
): Promise<Tensor> {
  return taken(features, region, 1, slice);
}

/** Every n-th row and column of a map, for the least n that leaves `max` pixels at most. */
export function thinned(features: Tensor, max: number, slice: TimeSlice): Promise<Tensor> {
  const [, , height = 0, width = 0] = features.dims;
  let step = 1;
  while (Math.ceil(height / step) * Math.ceil(width / step) > max) step++;
  return taken(features, wholeOf({ width, height }), step, slice);
}

async function taken(
  { dims: [, channels = 0, height = 0, width = 0], data }: Tensor,
  region: Region,
  step: number,
  slice: TimeSlice,
): Promise<Tensor> {
  const rows = Math.ceil(region.height / step);
  const columns = Math.ceil(region.width / step);
  const part = new Float32Array(channels * rows * columns);
  let to = 0;
  for (let channel = 0; channel < channels; channel++) {
    if (slice.isOver) await slice.next();
    for (let y = 0; y < rows; y++) {
      const from = (channel * height + region.top + y * step) * width + region.left;
      for (let x = 0; x < columns; x++) part[to++] = Number(data[from + x * step]);
    }
  }
  return { type: "float32", dims: [1, channels, rows, columns], data: part };
}
