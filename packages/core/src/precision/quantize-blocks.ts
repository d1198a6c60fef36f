import { bitsOf, blockSize, partsOfBlocks } from "../onnx/blocks.ts";
import type { BlockPart } from "../onnx/blocks.ts";
import type { BlockPrecision } from "../onnx/index.ts";

/** A matrix in blocks that is being made; its parts are those of `BlockTensor`. */
export interface BlockMatrix {
  readonly precision: BlockPrecision;
  readonly input: number;
  readonly values: Uint8Array;
  readonly scales: Float32Array;
  readonly zeros: Uint8Array;
  /** [input]: what columns of the matrix are divided by first, since inputs are multiplied by it. Default: nothing. */
  readonly smoothing?: Float32Array;
}

/** A matrix [output, input] none of whose rows is there yet. */
export function emptyBlocks(
  shape: readonly [number, number],
  precision: BlockPrecision,
): BlockMatrix {
  const parts = partsOfBlocks(shape, precision);
  return {
    precision,
    input: shape[1],
    values: new Uint8Array(lengthOf(parts.values)),
    scales: new Float32Array(lengthOf(parts.scales)),
    zeros: new Uint8Array(lengthOf(parts.zeros)),
  };
}

/**
 * Rounds rows of a matrix [output, input], of finite numbers, from row `first` on. A block's least and greatest value, and zero
 * among them, are its first and last step. In four bits, normally distributed weights have 0.94 of the error that the best symmetric steps
 * leave (those of ggml's Q4_0), and 0.71 where one weight in a hundred is ten times as large. The rows are changed.
 */
export function quantizeBlocks(rows: Float32Array, first: number, matrix: BlockMatrix): void {
  const { precision, input, values, scales, zeros, smoothing } = matrix;
  const bits = bitsOf(precision);
  const greatest = 2 ** bits - 1;
  const blocks = Math.ceil(input / blockSize);
  // A row's zeros begin with a byte of their own.
  const zerosOfRow = (Math.ceil((blocks * bits) / 8) * 8) / bits;
  const count = rows.length / input;
  for (let row = 0; row < count; row++) {
    if (smoothing) for (let i = 0; i < input; i++) rows[row * input + i]! /= smoothing[i]!;
    for (let block = 0; block < blocks; block++) {
      const begin = row * input + block * blockSize;
      const end = Math.min(begin + blockSize, (row + 1) * input);
      let low = 0;
      let high = 0;
      for (let i = begin; i < end; i++) {
        const weight = rows[i]!;
        if (weight < low) low = weight;
        else if (weight > high) high = weight;
      }
      const index = (first + row) * blocks + block;
      const scale = Math.fround((high - low) / greatest);
      const inverse = scale === 0 ? 0 : 1 / scale;
      const zero = Math.min(greatest, Math.round(-low * inverse));
      scales[index] = scale;
      put(zeros, (first + row) * zerosOfRow + block, zero, bits);
      const place = index * blockSize;
      for (let i = 0; i < blockSize; i++) {
        const weight = begin + i < end ? rows[begin + i]! : 0;
        const step = Math.floor(weight * inverse + zero + 0.5);
        put(values, place + i, Math.max(0, Math.min(greatest, step)), bits);
      }
    }
  }
}

/** Sets a number that is 0 still, by its place among numbers of so many bits. */
function put(bytes: Uint8Array, place: number, value: number, bits: 8 | 4): void {
  if (bits === 8) bytes[place] = value;
  else bytes[place >> 1]! |= value << (4 * (place & 1));
}

function lengthOf({ shape }: BlockPart): number {
  return shape.reduce((product, dim) => product * dim, 1);
}
