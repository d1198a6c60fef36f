import { TimeSlice } from "@kindred/core";
import type { Tensor } from "@kindred/core";
import type { Pixels } from "../task.ts";
import { byteOf } from "./byte.ts";

const { fround, min } = Math;

/** Pixels converted before the time is looked at: about a millisecond of work. */
const stretch = 1 << 16;

/** The pixels of a decoded tensor, [1, 3, height, width] from -1 to 1. Rounds as diffusers and numpy do: in float32, halves to even. */
export async function rgbOf({ data, dims }: Tensor): Promise<Pixels> {
  const [, , height = 0, width = 0] = dims;
  const values = data as Float32Array;
  const count = width * height;
  const rgb = new Uint8Array(3 * count);
  const slice = new TimeSlice();
  for (let start = 0; start < count; start += stretch) {
    if (slice.isOver) await slice.next();
    const end = min(start + stretch, count);
    for (let channel = 0; channel < 3; channel++) {
      for (let i = start; i < end; i++)
        rgb[3 * i + channel] = byteOf(shareOf(values[channel * count + i]!));
    }
  }
  return { rgb, width, height };
}

/** A decoded value from -1 to 1 as one from 0 to 1. */
export function shareOf(value: number): number {
  return fround(value / 2 + 0.5);
}
