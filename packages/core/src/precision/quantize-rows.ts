/** The greatest value of eight bits, which -127 mirrors: -128 is left out, so that each row is symmetric. */
const greatest = 127;

/** A matrix in eight bits that is being made. */
export interface QuantizedMatrix {
  readonly input: number;
  readonly output: number;
  /** Taps of a kernel, by which rows have input after input, and `values` tap after tap. */
  readonly taps: number;
  /** [input, output] */
  readonly values: Int8Array;
  /** [output] */
  readonly scales: Float32Array;
  /** [output]: the sums of the columns of `values`, times their scales. */
  readonly sums: Float32Array;
  /** [input]: what columns of the matrix are divided by first, since inputs are multiplied by it. Default: nothing. */
  readonly smoothing?: Float32Array;
}

/**
 * Rounds rows of a matrix [output, input], of finite numbers, to eight bits, from row `first` on: a row is its values times the row's
 * greatest absolute value over 127. The rows are changed.
 */
export function quantizeRows(
  rows: Float32Array,
  first: number,
  { values, scales, sums, smoothing, input, output, taps }: QuantizedMatrix,
): void {
  const count = rows.length / input;
  const places = placesOf(input, taps);
  for (let row = 0; row < count; row++) {
    const begin = row * input;
    if (smoothing) for (let i = 0; i < input; i++) rows[begin + i]! /= smoothing[i]!;
    let most = 0;
    for (let i = begin; i < begin + input; i++) {
      most = Math.max(most, Math.abs(rows[i]!));
    }
    const scale = Math.fround(most / greatest);
    const inverse = scale === 0 ? 0 : 1 / scale;
    let sum = 0;
    for (let i = 0; i < input; i++) {
      const value = Math.round(rows[begin + i]! * inverse);
      values[places[i]! * output + first + row] = value;
      sum += value;
    }
    scales[first + row] = scale;
    sums[first + row] = sum * scale;
  }
}

/** Where each number of a row lies among the inputs: tap after tap. */
function placesOf(input: number, taps: number): Uint32Array {
  const channels = input / taps;
  return Uint32Array.from(
    { length: input },
    (_, i) => (i % taps) * channels + Math.floor(i / taps),
  );
}
