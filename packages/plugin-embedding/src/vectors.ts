import { KernelError } from "@kindred/core";
import type { Tensor } from "@kindred/core";

/** The rows of [rows, dimensions]. GRAPH_FAILED when one holds NaN or infinity. */
export function rowsOf({ data, dims: [rows = 0, width = 0] }: Tensor): readonly Float32Array[] {
  const numbers = data as Float32Array;
  if (!numbers.every(Number.isFinite)) {
    throw new KernelError(
      "GRAPH_FAILED",
      "The model gave vectors with NaN or infinity in them. Its weights may be damaged: fetch them again.",
    );
  }
  return Array.from({ length: rows }, (_, row) => numbers.slice(row * width, (row + 1) * width));
}

/** The first `dimensions` numbers, brought to unit length if `normalized`. */
export function cut(vector: Float32Array, dimensions: number, normalized: boolean): Float32Array {
  const head = vector.slice(0, dimensions);
  if (!normalized) return head;
  const norm = Math.hypot(...head);
  return norm === 0 ? head : head.map((value) => value / norm);
}
