import type { StoredTensor } from "./weights.ts";

/** A weight as a graph uses it. */
export interface OpenedTensor extends StoredTensor {
  /** Elements that the graph makes of each when it opens; they are a matrix's then. */
  readonly spread: number;
}

export interface Footprint {
  /** Memory that weights take on the CPU once opened, all of them as float32. */
  readonly bytes: number;
  /** The most they take while they are being opened. */
  readonly peakBytes: number;
}

/**
 * The most that onnxruntime 1.30 was seen to hold while opening, in multiples of what it holds after. Single-precision
 * weights are mapped and repacked one by one; others are widened first, and convolutions also laid out anew as a whole.
 */
const peaks = {
  single: { matrix: 1.1, convolution: 1.25 },
  half: { matrix: 1.25, convolution: 2.1 },
};

export function footprint(tensors: readonly OpenedTensor[]): Footprint {
  let bytes = 0;
  let peakBytes = 0;
  for (const { dtype, shape, length, spread } of tensors) {
    const opened = (dtype === "F32" ? length : 2 * length) * spread;
    const convolved = spread === 1 && shape.slice(2).some((dim) => dim > 1);
    const kind = convolved ? "convolution" : "matrix";
    bytes += opened;
    peakBytes += opened * peaks[dtype === "F32" ? "single" : "half"][kind];
  }
  return { bytes, peakBytes: Math.round(peakBytes) };
}
