import type { Tensor } from "@kindred/core";
import { elementCount } from "@kindred/core/onnx";

/** A float32 tensor of zeros. */
export function zeros(dims: readonly number[]): Tensor {
  const size = elementCount(dims);
  return { type: "float32", dims, data: new Float32Array(size) };
}
