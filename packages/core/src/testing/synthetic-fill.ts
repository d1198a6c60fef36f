import { elementCount } from "../onnx/index.ts";

export type FloatType = "F32" | "F16" | "BF16";

/** A tensor to make. I64 tensors count up from zero; `fill` makes the others. */
export interface SyntheticTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: FloatType | "I64";
}

/** Makes up for SiLU, of which a ControlNet's picture goes through seven with no norm between them. */
const activatedGain = 2.5;

/** The centre of a tensor's values and their greatest distance from it. They keep a deep network's activations near 1. */
export function spread({ name, shape }: Omit<SyntheticTensor, "dtype">): {
  centre: number;
  scale: number;
} {
  if (shape.length === 1) {
    const norm = name.endsWith(".weight") || name.endsWith("gamma");
    return norm ? { centre: 1, scale: 0.1 } : { centre: 0, scale: 0.02 };
  }
  if (shape.length === 2 && /embed|shared/.test(name)) return { centre: 0, scale: 0.05 };
  const fanIn = elementCount(shape.slice(1));
  const gain = name.includes("controlnet_cond_embedding") ? activatedGain : 1;
  return { centre: 0, scale: gain * Math.sqrt(3 / fanIn) };
}

/**
 * Fills `into` with the elements of a tensor from `start` on: uniform values from murmur3's mix of the name's hash and the
 * index. `tools/reference/fill.py` makes the same.
 */
export function fill(
  into: Float32Array,
  start: number,
  tensor: Omit<SyntheticTensor, "dtype">,
): void {
  const { centre, scale } = spread(tensor);
  const hash = fnv1a(tensor.name);
  for (let i = 0; i < into.length; i++) {
    let x = hash + Math.imul(start + i, 0x9e3779b9);
    x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
    x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
    x = (x ^ (x >>> 16)) >>> 0;
    into[i] = centre + scale * (x / 2 ** 31 - 1);
  }
}

function fnv1a(text: string): number {
  return Buffer.from(text).reduce((hash, byte) => Math.imul(hash ^ byte, 0x01000193), 0x811c9dc5);
}
