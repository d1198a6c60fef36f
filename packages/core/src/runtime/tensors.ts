import type { Tensor, TensorType } from "../graph.ts";
import type { TensorHead } from "./protocol.ts";

const arrays = {
  float32: Float32Array,
  int64: BigInt64Array,
  int32: Int32Array,
  uint8: Uint8Array,
  bool: Uint8Array,
} as const satisfies Record<TensorType, unknown>;

/** The types that tensors can have, by onnxruntime's names too. */
export const tensorTypes: readonly string[] = Object.keys(arrays);

/** Tensors as heads for a message and payloads for its frame. Numbers are not copied. */
export function encodeTensors(tensors: Readonly<Record<string, Tensor>>): {
  heads: TensorHead[];
  payloads: Uint8Array[];
} {
  const heads: TensorHead[] = [];
  const payloads: Uint8Array[] = [];
  for (const [name, { type, dims, data }] of Object.entries(tensors)) {
    heads.push({ name, type, dims });
    payloads.push(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return { heads, payloads };
}

/** The tensors of a received frame, by name. Each payload becomes a tensor's array without being copied. */
export function decodeTensors(
  heads: readonly TensorHead[],
  payloads: readonly Uint8Array[],
): Record<string, Tensor> {
  const tensors = heads.map(({ name, type, dims }, i): [string, Tensor] => {
    const buffer = payloads[i]!.buffer as ArrayBuffer;
    return [name, { type, dims, data: new arrays[type](buffer) }];
  });
  return Object.fromEntries(tensors);
}
