/** Deviations of a normal distribution within which a channel of a norm's output is taken to lie. */
const deviations = 3;
/** Least size of a channel, for one that is always zero. */
const least = 1e-6;

/** Part of the median channel that every channel is taken to have at least: a norm may have a small weight because what it normalises is large there. */
const leastPart = 0.5;

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
  const channels = weight.map((each, i) => deviations * Math.abs(each) + Math.abs(bias?.[i] ?? 0));
  const median = channels.toSorted()[channels.length >> 1]!;
  return columns.map((column, i) => {
    const channel = Math.max(channels[i]!, leastPart * median, least);
    return Math.sqrt(Math.max(column, least) / channel);
  });
}
