import type { Tensor, TimeSlice } from "@kindred/core";
import { unsigned } from "../picture/pixel-tensor.ts";
import type { Region } from "../picture/region.ts";
import type { Pixels } from "../task.ts";

/**
 * A region of a picture as a network takes it: float32 [1, 3, height, width] from 0 to 1. Where it reaches beyond the picture, to
 * the right or below, the picture is mirrored.
 */
export async function tileTensor(
  { rgb, width, height }: Pixels,
  region: Region,
  slice: TimeSlice,
): Promise<Tensor> {
  const count = region.width * region.height;
  const data = new Float32Array(3 * count);
  for (let y = 0; y < region.height; y++) {
    if (slice.isOver) await slice.next();
    const row = width * mirrored(region.top + y, height);
    for (let x = 0; x < region.width; x++) {
      const from = 3 * (row + mirrored(region.left + x, width));
      const to = y * region.width + x;
      for (let channel = 0; channel < 3; channel++)
        data[channel * count + to] = unsigned[rgb[from + channel]!]!;
    }
  }
  return { type: "float32", dims: [1, 3, region.height, region.width], data };
}

/** A place beyond a side's end, counted back from it. */
function mirrored(place: number, length: number): number {
  return place < length ? place : Math.max(0, 2 * (length - 1) - place);
}
