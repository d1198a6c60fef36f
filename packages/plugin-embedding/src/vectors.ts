import type { Tensor } from "@kindred/core";

/** The rows of [rows, dimensions]. */
export function rowsOf({ data, dims: [rows = 0, width = 0] }: Tensor): readonly Float32Array[] {
  const numbers = data as Float32Array;
  return Array.from({ length: rows }, (_, row) => numbers.slice(row * width, (row + 1) * width));
}

/** Brought to unit length, unless it is all zeros. */
export function normalized(vector: Float32Array): Float32Array {
  const norm = Math.hypot(...vector);
  return norm === 0 ? vector : vector.map((value) => value / norm);
}
