import type { StoredTensor } from "./weights.ts";

/** Memory that weights take on the CPU once opened as float32, and at most while they are being opened. */
export function footprint(tensors: readonly StoredTensor[]): { bytes: number; peakBytes: number } {
  const total = (of: (tensor: StoredTensor) => number) =>
    tensors.reduce((sum, tensor) => sum + of(tensor), 0);
  return {
    bytes: total(({ dtype, length }) => (dtype === "F32" ? length : 2 * length)),
    peakBytes: total(({ dtype, length }) => (dtype === "F32" ? 2 * length : 3.5 * length)),
  };
}
