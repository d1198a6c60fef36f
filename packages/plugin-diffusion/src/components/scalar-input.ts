import type { Tensor } from "@kindred/core";
import type { InputType } from "@kindred/core/onnx";

/** Makes a number the tensor that a graph's input takes. */
export type ScalarInput = (value: number) => Tensor;

/** float32 [1], as the graphs in graphs/ take it. */
export const floatScalar: ScalarInput = (value) => ({
  type: "float32",
  dims: [1],
  data: Float32Array.of(value),
});

/** The input of an exported graph: of its type, with one dim or none. Integers lose the fraction. */
export function scalarInput({ type, rank }: InputType): ScalarInput {
  const dims = rank === 0 ? [] : [1];
  if (type === "int64")
    return (value) => ({ type, dims, data: BigInt64Array.of(BigInt(Math.trunc(value))) });
  if (type === "int32") return (value) => ({ type, dims, data: Int32Array.of(value) });
  return (value) => ({ type: "float32", dims, data: Float32Array.of(value) });
}
