import { TimeSlice } from "@kindred/core";
import type { Area } from "./area.ts";

const { floor, max, min, sqrt } = Math;

/** Box filters, one after the other, that stand for a Gaussian. */
const passes = 3;

/**
 * An area whose edge is softened by a Gaussian of this deviation in pixels, by extended box filters (Gwosdek et al. 2011) with
 * Pillow's rounding, so that masks are soft as diffusers' are.
 */
export async function blurred(area: Area, deviation: number): Promise<Area> {
  if (deviation === 0) return area;
  const { width, height } = area;
  const shares = Uint8Array.from(area.shares);
  const radius = boxRadius(deviation);
  const slice = new TimeSlice();
  for (let y = 0; y < height; y++) {
    if (slice.isOver) await slice.next();
    blurLine(shares, { start: y * width, stride: 1, length: width }, radius);
  }
  for (let x = 0; x < width; x++) {
    if (slice.isOver) await slice.next();
    blurLine(shares, { start: x, stride: width, length: height }, radius);
  }
  return { shares, width, height };
}

/** The radius, fractions included, of boxes whose passes have a Gaussian's variance. */
function boxRadius(deviation: number): number {
  const variance = deviation ** 2 / passes;
  const whole = floor((sqrt(12 * variance + 1) - 1) / 2);
  const rest = (2 * whole + 1) * (whole * (whole + 1) - 3 * variance);
  return whole + rest / (6 * (variance - (whole + 1) ** 2));
}

interface Line {
  readonly start: number;
  readonly stride: number;
  readonly length: number;
}

/** Runs all passes over one line. Beyond its ends its outermost values go on. */
function blurLine(values: Uint8Array, { start, stride, length }: Line, boxRadius: number): void {
  const whole = floor(boxRadius);
  const edge = boxRadius - whole;
  const size = 2 * boxRadius + 1;
  let line = Float64Array.from({ length }, (_, i) => values[start + i * stride]!);
  const at = (i: number) => line[min(max(i, 0), length - 1)]!;
  for (let pass = 0; pass < passes; pass++) {
    let sum = 0;
    for (let i = -whole; i <= whole; i++) sum += at(i);
    const next = new Float64Array(length);
    for (let i = 0; i < length; i++) {
      const outer = at(i - whole - 1) + at(i + whole + 1);
      next[i] = floor((sum + edge * outer) / size + 0.5);
      sum += at(i + whole + 1) - at(i - whole);
    }
    line = next;
  }
  for (let i = 0; i < length; i++) values[start + i * stride] = line[i]!;
}
