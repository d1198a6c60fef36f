import type { Tensor } from "@kindred/core";
import type { ExportedGraph } from "@kindred/core/onnx";

/** The type of a text encoder's `input_ids`. */
export type IdType = "int64" | "int32";

/** The type in which an export takes its ids. */
export function idTypeOf({ types }: Pick<ExportedGraph, "types">): IdType {
  return types["input_ids"]?.type === "int32" ? "int32" : "int64";
}

/** The ids of one text, [1, ids]. */
export function idTensor(ids: readonly number[], type: IdType): Tensor {
  const data = type === "int64" ? BigInt64Array.from(ids, BigInt) : Int32Array.from(ids);
  return { type, dims: [1, ids.length], data };
}
