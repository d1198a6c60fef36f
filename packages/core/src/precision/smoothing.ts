/** Deviations of a normal distribution within which a channel of a norm's output is taken to lie. */
const deviations = 3;
/** Least size of a channel, for one that is always zero. */
const least = 1e-6;

/**
 * What the channels of a norm's output are multiplied by, so that none is much larger than the others, and neither is a column of
 * the matrices behind it: SmoothQuant with a strength of a half (arXiv:2211.10438). The sizes of the channels are told by the norm itself,
 * `weight` times a normal distribution and `bias`, so that no text is needed. `columns` has the greatest absolute value of each
 * column of the matrices.
 */
export function smoothingOf(
  weight: Float32Array,
  bias: Float32Array | undefined,
  columns: Float32Array,
): Float32Array {
  return columns.map((column, i) => {
    const channel = deviations * Math.abs(weight[i]!) + Math.abs(bias?.[i] ?? 0);
    return Math.sqrt(Math.max(column, least) / Math.max(channel, least));
  });
}
