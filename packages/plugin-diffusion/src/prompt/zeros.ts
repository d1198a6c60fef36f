import type { Tensor } from "@kindred/core";

/** A float32 tensor of zeros. */
export function zeros(dims: readonly number[]): Tensor {
  const size = dims.reduce((product, dim) => product * dim, 1);
  return { type: "float32", dims, data: new Float32Array(size) };
}
