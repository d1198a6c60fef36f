import type { Tensor } from "@kindred/core";

/** The rows of [rows, dimensions]. */
export function rowsOf({ data, dims: [rows = 0, width = 0] }: Tensor): readonly Float32Array[] {
  const numbers = data as Float32Array;
  return Array.from({ length: rows }, (_, row) => numbers.slice(row * width, (row + 1) * width));
}

/** Brought to unit length, unless it is all zeros. A plain loop, since Math.hypot takes ten times as long. */
export function normalized(vector: Float32Array): Float32Array {
  let squares = 0;
  for (const value of vector) squares += value * value;
  const norm = Math.sqrt(squares);
  return norm === 0 ? vector : vector.map((value) => value / norm);
}
