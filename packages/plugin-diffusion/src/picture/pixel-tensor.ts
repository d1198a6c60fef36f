import { TimeSlice } from "@kindred/core";
import type { Tensor } from "@kindred/core";
import type { Pixels } from "../task.ts";
import { isWithin } from "./area.ts";
import type { Area } from "./area.ts";

const { fround } = Math;

/** Values of the bytes 0 to 255, from -1 to 1, rounded as diffusers and numpy round them. */
const values: Float32Array = Float32Array.from(
  { length: 256 },
  (_, byte) => 2 * fround(byte / 255) - 1,
);

/** A picture as an encoder takes it: float32 [1, 3, height, width] from -1 to 1. Grey, which is 0, stands within `grey`. */
export async function pixelTensor(
  { rgb, width, height }: Pixels,
  grey: Area | undefined,
  signal: AbortSignal,
): Promise<Tensor> {
  const count = width * height;
  const data = new Float32Array(3 * count);
  const slice = new TimeSlice(signal);
  for (let row = 0; row < count; row += width) {
    if (slice.isOver) await slice.next();
    for (let i = row; i < row + width; i++) {
      if (grey && isWithin(grey.shares[i]!)) continue;
      for (let channel = 0; channel < 3; channel++)
        data[channel * count + i] = values[rgb[3 * i + channel]!]!;
    }
  }
  return { type: "float32", dims: [1, 3, height, width], data };
}
