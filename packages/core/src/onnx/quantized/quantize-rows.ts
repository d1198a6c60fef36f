/** The greatest value of eight bits, which -127 mirrors: -128 is left out, so that each row is symmetric. */
const greatest = 127;

/** A matrix in eight bits that is being made. */
export interface Quantizing {
  /** [input, output] */
  readonly values: Int8Array;
  /** [output] */
  readonly scales: Float32Array;
  readonly input: number;
  readonly output: number;
}

/**
 * Rounds rows of a matrix [output, input] to eight bits, from row `first` on: a row is its values times the row's greatest absolute
 * value over 127. RangeError for a row that is not of finite numbers.
 */
export function quantizeRows(
  rows: Float32Array,
  first: number,
  { values, scales, input, output }: Quantizing,
): void {
  const count = rows.length / input;
  for (let row = 0; row < count; row++) {
    let most = 0;
    for (let i = row * input; i < (row + 1) * input; i++) {
      const size = Math.abs(rows[i]!);
      // Written so that NaN is found too.
      if (!(size <= most)) most = size;
    }
    if (!Number.isFinite(most)) throw new RangeError(`row ${first + row} has ${most}`);
    const scale = Math.fround(most / greatest);
    scales[first + row] = scale;
    const inverse = scale === 0 ? 0 : 1 / scale;
    for (let i = 0; i < input; i++)
      values[i * output + first + row] = Math.round(rows[row * input + i]! * inverse);
  }
}
