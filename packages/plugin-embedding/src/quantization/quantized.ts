import type { OutputType, Vector } from "./output-type.ts";
import type { Ranges } from "./ranges.ts";

/** A vector in another type. `ranges` are for int8 and uint8, and of as many dimensions as the vector. */
export function quantized(
  vector: Float32Array,
  type: OutputType,
  ranges: Ranges | undefined,
): Vector {
  if (type === "float") return vector;
  if (type === "ubinary") return packed(vector);
  if (type === "binary") return Int8Array.from(packed(vector), (byte) => byte - 128);
  const steps = inSteps(vector, ranges!);
  return type === "uint8" ? steps : Int8Array.from(steps, (step) => step - 128);
}

/** Eight dimensions in a byte, the first one highest. */
function packed(vector: Float32Array): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(vector.length / 8));
  for (let i = 0; i < vector.length; i++) {
    if (vector[i]! > 0) bytes[i >> 3]! |= 128 >> (i & 7);
  }
  return bytes;
}

/** Each number's step of its range, 0 to 255, in float32 as numpy computes it: another rounding would give other steps. */
function inSteps(vector: Float32Array, [lows, highs]: Ranges): Uint8Array {
  const { fround } = Math;
  const steps = new Uint8Array(vector.length);
  for (let i = 0; i < vector.length; i++) {
    const low = fround(typeof lows === "number" ? lows : lows[i]!);
    const high = fround(typeof highs === "number" ? highs : highs[i]!);
    const width = fround(fround(high - low) / 255);
    const step = Math.floor(fround(fround(vector[i]! - low) / width));
    steps[i] = Math.min(255, Math.max(0, step));
  }
  return steps;
}
