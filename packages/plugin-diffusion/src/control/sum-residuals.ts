import { TimeSlice } from "@kindred/core";
import type { Tensor } from "@kindred/core";
import type { Conditions } from "../conditions.ts";

/** Values added at once: less than a millisecond of work. */
const stretch = 1 << 18;

/** The sums of the residuals of several ControlNets, by their names. A pooled one, [rows, channels, 1, 1], is spread over another's pixels. */
export async function sumResiduals(
  all: readonly Conditions[],
  signal: AbortSignal,
): Promise<Conditions> {
  const [first = {}, ...others] = all;
  if (others.length === 0) return first;
  const slice = new TimeSlice(signal);
  const sums: Record<string, Tensor> = {};
  for (const name of Object.keys(first))
    sums[name] = await sum(
      all.map((each) => each[name]!),
      slice,
    );
  return sums;
}

async function sum(tensors: readonly Tensor[], slice: TimeSlice): Promise<Tensor> {
  const [largest, ...others] = tensors.toSorted((a, b) => b.data.length - a.data.length);
  const { dims } = largest!;
  const data = Float32Array.from(largest!.data as Float32Array);
  for (const other of others) {
    const pixels = data.length / other.data.length;
    for (let start = 0; start < data.length; start += stretch) {
      if (slice.isOver) await slice.next();
      const end = Math.min(start + stretch, data.length);
      for (let i = start; i < end; i++) data[i]! += Number(other.data[Math.floor(i / pixels)]);
    }
  }
  return { type: "float32", dims, data };
}
