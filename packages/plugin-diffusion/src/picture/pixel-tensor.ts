import { TimeSlice } from "@kindred/core";
import type { Tensor } from "@kindred/core";
import type { Pixels } from "../task.ts";
import { isWithin } from "./area.ts";
import type { Area } from "./area.ts";

const { fround } = Math;

/** Values of the bytes 0 to 255, rounded as diffusers and numpy round them: as pictures are encoded, from -1 to 1. */
const signed: Float32Array = valuesOf((share) => 2 * share - 1);
/** The same as ControlNets and upscalers take them, from 0 to 1. */
export const unsigned: Float32Array = valuesOf((share) => share);

function valuesOf(value: (share: number) => number): Float32Array {
  return Float32Array.from({ length: 256 }, (_, byte) => value(fround(byte / 255)));
}

interface TensorOptions {
  /** A part of the picture that is 0. Default: none. */
  readonly grey?: Area | undefined;
  /** The values of the bytes. Default: from -1 to 1. */
  readonly values?: Float32Array;
}

/** A picture as graphs take it: float32 [1, 3, height, width]. */
export async function pixelTensor(
  { rgb, width, height }: Pixels,
  signal: AbortSignal,
  { grey, values = signed }: TensorOptions = {},
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
