import { elementCount } from "../element-count.ts";

/** Bits of an element, by safetensors' name of the dtype. */
const bits: Readonly<Record<string, number>> = {
  F4: 4,
  F6_E2M3: 6,
  F6_E3M2: 6,
  BOOL: 8,
  U8: 8,
  I8: 8,
  F8_E4M3: 8,
  F8_E5M2: 8,
  F8_E8M0: 8,
  F8_E4M3FNUZ: 8,
  F8_E5M2FNUZ: 8,
  U16: 16,
  I16: 16,
  F16: 16,
  BF16: 16,
  U32: 32,
  I32: 32,
  F32: 32,
  U64: 64,
  I64: 64,
  F64: 64,
  C64: 64,
};

/** Bytes of a tensor. undefined for an unknown dtype. */
export function byteLength(dtype: string, shape: readonly number[]): number | undefined {
  const size = Object.hasOwn(bits, dtype) ? bits[dtype] : undefined;
  if (size === undefined) return undefined;
  return (elementCount(shape) * size) / 8;
}
