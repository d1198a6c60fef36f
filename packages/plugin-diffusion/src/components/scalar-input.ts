import type { Tensor } from "@kindred/core";
import type { InputType } from "@kindred/core/onnx";

/** A number as a graph's input takes it. */
export type ScalarInput = (value: number) => Tensor;

/** float32 [1], as our graphs have it. */
export const floatScalar: ScalarInput = (value) => ({
  type: "float32",
  dims: [1],
  data: Float32Array.of(value),
});

/** As an export has it: of some type, with a dimension or without. */
export function scalarInput({ type, rank }: InputType): ScalarInput {
  const dims = rank === 0 ? [] : [1];
  if (type === "int64")
    return (value) => ({ type, dims, data: BigInt64Array.of(BigInt(Math.trunc(value))) });
  if (type === "int32") return (value) => ({ type, dims, data: Int32Array.of(value) });
  return (value) => ({ type: "float32", dims, data: Float32Array.of(value) });
}
