import { heldBytes } from "./precision.ts";
import type { Precision } from "./precision.ts";

/** A weight as an open graph holds it. */
export interface OpenedWeight {
  /** Its name in the checkpoint. */
  readonly name: string;
  /** Its shape in the checkpoint. */
  readonly shape: readonly number[];
  /** The type that it is held in. */
  readonly precision: Precision;
  /** Whether the stored bytes are mapped as they are, or converted to the precision when the graph opens. */
  readonly opening: "mapped" | "converted";
  /** Whether an adapter made another value of it, which the graph computes when it opens. */
  readonly adapted: boolean;
  /** Elements that the graph makes of each stored one when it opens. Above 1, a convolution's weight becomes matrices. */
  readonly spread: number;
}

/** Bytes of memory on the CPU. */
export interface Footprint {
  /** All weights, once opened. */
  readonly bytes: number;
  /** All weights at the dearest moment of opening. */
  readonly peakBytes: number;
  /**
   * What a run takes beside activations: the largest matrix in blocks of eight bits, which is unpacked to float32 for its product. Those of four
   * bits are unpacked piece by piece.
   */
  readonly unpackedBytes: number;
}

/**
 * Peak memory of opening in multiples of what is held afterwards: the most that onnxruntime 1.30 was seen to take. Mapped
 * weights are repacked one by one. Others are converted first, and convolutions also laid out anew as a whole. An adapted
 * weight exists once for every step of its making: the numbers are those of an added low-rank product.
 */
const peaks = {
  mapped: { matrix: 1.1, convolution: 1.25, adapted: 2.5 },
  converted: { matrix: 1.25, convolution: 2.1, adapted: 3.5 },
};

/** Multiples of an unpacked matrix that onnxruntime's arena takes: it grows by powers of two. */
const unpackedTimes = 2;

/** The memory that these weights take. */
export function footprint(weights: readonly OpenedWeight[]): Footprint {
  let bytes = 0;
  let peakBytes = 0;
  let unpackedBytes = 0;
  for (const { shape, precision, opening, adapted, spread } of weights) {
    const opened = heldBytes(precision, shape) * spread;
    const convolved = spread === 1 && shape.slice(2).some((dim) => dim > 1);
    const kind = convolved ? "convolution" : "matrix";
    bytes += opened;
    peakBytes += opened * peaks[opening][adapted ? "adapted" : kind];
    if (precision === "weight-int8")
      unpackedBytes = Math.max(unpackedBytes, unpackedTimes * heldBytes("float32", shape));
  }
  return { bytes, peakBytes: Math.round(peakBytes), unpackedBytes };
}
