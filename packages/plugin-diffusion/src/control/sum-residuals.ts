import { TimeSlice } from "@kindred/core";
import type { Tensor } from "@kindred/core";
import type { Conditions } from "../conditions.ts";

/** Values worked on at once: less than a millisecond. */
const stretch = 1 << 18;

/**
 * The sums of the residuals of ControlNets, by their names, behind so many rows of zeros. A pooled one, [rows, channels, 1, 1], is
 * spread over another's pixels. The event loop turns meanwhile.
 */
export async function sumResiduals(
  all: readonly Conditions[],
  zeroRows: number,
  signal: AbortSignal,
): Promise<Conditions> {
  const [first = {}, ...others] = all;
  if (others.length === 0 && zeroRows === 0) return first;
  const slice = new TimeSlice(signal);
  const sums: Record<string, Tensor> = {};
  for (const name of Object.keys(first)) {
    const tensors = all.map((each) => each[name]!);
    sums[name] = await sum(tensors, zeroRows, slice);
  }
  return sums;
}

async function sum(
  tensors: readonly Tensor[],
  zeroRows: number,
  slice: TimeSlice,
): Promise<Tensor> {
  const [largest] = tensors.toSorted((a, b) => b.data.length - a.data.length);
  const [rows = 0, ...rest] = largest!.dims;
  const { length } = largest!.data;
  const before = zeroRows * (length / rows);
  const data = new Float32Array(before + length);
  const own = data.subarray(before);
  for (const tensor of tensors) {
    const values = tensor.data as Float32Array;
    const pixels = length / values.length;
    for (let start = 0; start < length; start += stretch) {
      if (slice.isOver) await slice.next();
      const end = Math.min(start + stretch, length);
      for (let i = start; i < end; i++) own[i]! += values[Math.floor(i / pixels)]!;
    }
  }
  return { type: "float32", dims: [zeroRows + rows, ...rest], data };
}
