import type { BlockPrecision, Precision } from "./precision.ts";
import type { Value } from "./value.ts";
import type { StoredTensor } from "./weights.ts";

/** Neighbours in a row of a matrix, which share a scale and a zero. */
export const blockSize = 32;

/** Bits of an element. */
export function bitsOf(precision: BlockPrecision): 8 | 4 {
  return precision === "weight-int8" ? 8 : 4;
}

/** Whether a precision holds matrices in blocks. */
export function isInBlocks(precision: Precision): precision is BlockPrecision {
  return precision === "weight-int8" || precision === "weight-int4";
}

/** The parts of a matrix [output, input] in blocks: an element is (value - zero) · scale of its block. A row's last block is filled up with its zero. */
interface Blocks<Part> {
  /** uint8: [output · blocks, 32], or of four bits [output, blocks, 16], two in a byte and the first in its lower half. */
  readonly values: Part;
  /** float32: [output · blocks], or of four bits [output, blocks]. */
  readonly scales: Part;
  /** uint8: [output · blocks], or of four bits [output, half the blocks], two in a byte. */
  readonly zeros: Part;
}

/** A matrix [output, input] in blocks, as it is stored. */
export interface BlockTensor extends Blocks<StoredTensor> {
  readonly precision: BlockPrecision;
  /** F32 [input]: what inputs are multiplied by beforehand, for which the matrix makes up. Absent: nothing. */
  readonly smoothing?: StoredTensor;
}

/** The same as a graph sees it. */
export interface BlockValue extends Blocks<Value> {
  readonly precision: BlockPrecision;
  /** float32 [input] */
  readonly smoothing?: Value;
}

/** A part of a matrix in blocks: its shape, and the bytes of one of its numbers. */
export interface BlockPart {
  readonly shape: readonly number[];
  readonly bytes: 1 | 4;
}

/** The parts of a matrix [output, input] in blocks. */
export function partsOfBlocks(
  [output, input]: readonly [number, number],
  precision: BlockPrecision,
): Blocks<BlockPart> {
  const blocks = Math.ceil(input / blockSize);
  if (precision === "weight-int8") {
    const all = output * blocks;
    return {
      values: { shape: [all, blockSize], bytes: 1 },
      scales: { shape: [all], bytes: 4 },
      zeros: { shape: [all], bytes: 1 },
    };
  }
  return {
    values: { shape: [output, blocks, blockSize / 2], bytes: 1 },
    scales: { shape: [output, blocks], bytes: 4 },
    zeros: { shape: [output, Math.ceil(blocks / 2)], bytes: 1 },
  };
}
