import { TimeSlice } from "@kindred/core";
import type { Pixels, Size } from "../task.ts";
import type { Area } from "./area.ts";

const { abs, floor, max, min, PI, round, sin } = Math;

/** The weight of a pixel by its distance, in pixels. */
export interface Kernel {
  /** Beyond this distance it is 0. */
  readonly support: number;
  weight(distance: number): number;
}

/** A sinc within a Lanczos window of three lobes (Duchon 1979). */
export const lanczos: Kernel = { support: 3, weight: (x) => sinc(x) * sinc(x / 3) };

/** Cubic convolution (Keys 1981). Its edges overshoot to one side alone: what lies flat beyond them stays flat. */
export const bicubic: Kernel = {
  support: 2,
  weight(x) {
    const at = abs(x);
    return at < 1 ? (1.5 * at - 2.5) * at * at + 1 : -0.5 * (((at - 5) * at + 8) * at - 4);
  },
};

/** Bits of a weight's fraction. */
const precision = 22;
/** Values computed before the time is looked at: about a millisecond of work. */
const stretch = 1 << 15;

/**
 * Resizes a picture with Pillow's integer weights and rounding, across and then down: the same bytes as
 * `Image.resize(size, LANCZOS)` or `BICUBIC`, which goes down first only where it makes a picture wider and lower. sharp enlarges
 * by a bicubic that is half a pixel off, also where it is told Lanczos. Gives the same object when the size is the same.
 */
export async function resample(pixels: Pixels, size: Size, kernel: Kernel): Promise<Pixels> {
  const { rgb, width, height } = pixels;
  if (width === size.width && height === size.height) return pixels;
  const resized = await resampled(rgb, { width, height, channels: 3 }, { size, kernel });
  return { rgb: resized, width: size.width, height: size.height };
}

/** Resizes an area by bicubic: what lies flat beyond its edge stays flat. Gives the same object when the size is the same. */
export async function resampleArea(area: Area, size: Size): Promise<Area> {
  const { shares, width, height } = area;
  if (width === size.width && height === size.height) return area;
  const channels = { width, height, channels: 1 };
  const resized = await resampled(shares, channels, { size, kernel: bicubic });
  return { shares: resized, width: size.width, height: size.height };
}

async function resampled(
  values: Uint8Array,
  { width, height, channels }: Size & { readonly channels: number },
  { size, kernel }: { readonly size: Size; readonly kernel: Kernel },
): Promise<Uint8Array> {
  const across = { outer: height, length: width, inner: channels };
  const wide = await alongMiddle(values, across, { kernel, target: size.width });
  const down = { outer: 1, length: height, inner: channels * size.width };
  return alongMiddle(wide, down, { kernel, target: size.height });
}

/** Values as [outer, length, inner]. */
interface Shape {
  readonly outer: number;
  readonly length: number;
  readonly inner: number;
}

interface Resampling {
  readonly kernel: Kernel;
  /** The length that the middle axis gets. */
  readonly target: number;
}

async function alongMiddle(
  values: Uint8Array,
  { outer, length, inner }: Shape,
  { kernel, target }: Resampling,
): Promise<Uint8Array> {
  const scale = length / target;
  const taps = Array.from({ length: target }, (_, at) =>
    tapsOf((at + 0.5) * scale, length, max(scale, 1), kernel),
  );
  const found = new Uint8ClampedArray(outer * target * inner);
  const slice = new TimeSlice();
  let since = 0;
  for (let row = 0; row < outer * target; row++) {
    since += inner;
    if (since >= stretch) {
      since = 0;
      if (slice.isOver) await slice.next();
    }
    const { start, weights } = taps[row % target]!;
    const from = (floor(row / target) * length + start) * inner;
    for (let i = 0; i < inner; i++) {
      let sum = 1 << (precision - 1);
      for (let tap = 0; tap < weights.length; tap++)
        sum += values[from + tap * inner + i]! * weights[tap]!;
      found[row * inner + i] = sum >> precision;
    }
  }
  return new Uint8Array(found.buffer);
}

interface Taps {
  /** The first value that counts. */
  readonly start: number;
  /** Of it and those that follow. Together they are 1. */
  readonly weights: Int32Array;
}

/** The weights of the value at `centre`. A picture made smaller by `stretched` takes a kernel as much wider. */
function tapsOf(centre: number, length: number, stretched: number, kernel: Kernel): Taps {
  const reach = kernel.support * stretched;
  const start = floor(max(centre - reach + 0.5, 0));
  const end = floor(min(centre + reach + 0.5, length));
  const raw = Array.from({ length: end - start }, (_, i) => {
    const distance = (start + i - centre + 0.5) / stretched;
    return abs(distance) < kernel.support ? kernel.weight(distance) : 0;
  });
  const sum = raw.reduce((total, weight) => total + weight, 0);
  const fixed = raw.map((weight) => (weight / sum) * 2 ** precision);
  // Halves go away from zero.
  const weights = fixed.map((weight) => (weight < 0 ? -round(-weight) : round(weight)));
  return { start, weights: Int32Array.from(weights) };
}

function sinc(x: number): number {
  return x === 0 ? 1 : sin(PI * x) / (PI * x);
}
