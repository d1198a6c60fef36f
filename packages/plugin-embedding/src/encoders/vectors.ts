import type { Tensor } from "@kindred/core";

/** The rows of [rows, dimensions]. */
export function rowsOf({ data, dims: [rows = 0, width = 0] }: Tensor): readonly Float32Array[] {
  const numbers = data as Float32Array;
  return Array.from({ length: rows }, (_, row) => numbers.slice(row * width, (row + 1) * width));
}

/** A copy of unit length; zeros stay zeros. Plain loops: of 2,048 vectors, anything else holds the event loop too long. */
export function normalized(vector: Float32Array): Float32Array {
  let squares = 0;
  for (let i = 0; i < vector.length; i++) squares += vector[i]! * vector[i]!;
  const norm = Math.sqrt(squares) || 1;
  const unit = new Float32Array(vector.length);
  for (let i = 0; i < vector.length; i++) unit[i] = vector[i]! / norm;
  return unit;
}
