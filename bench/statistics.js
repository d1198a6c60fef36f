/** The quantile `q` of the values; 0.5 is the median. */
export function quantile(values, q = 0.5) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
}

export function cosine(a, b) {
  const dot = (x, y) => x.reduce((sum, value, i) => sum + value * y[i], 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

/**
 * Floating-point operations that a BERT of this config needs for texts of these lengths: in its linears and its attention,
 * for real tokens only.
 */
export function usefulFlops(lengths, config) {
  const { hidden_size: width, intermediate_size: inner, num_hidden_layers: layers } = config;
  const linears = 2 * (4 * width * width + 2 * width * inner);
  return lengths.reduce((sum, n) => sum + layers * n * (linears + 4 * n * width), 0);
}

/** Spearman's rank correlation: Pearson's of the ranks. */
export function spearman(a, b) {
  return pearson(ranks(a), ranks(b));
}

/** The place of each value among all, from 1; equal values have the mean of theirs. */
function ranks(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return values.map((value) => (sorted.indexOf(value) + sorted.lastIndexOf(value)) / 2 + 1);
}

function pearson(a, b) {
  const centred = (values) => values.map((value) => value - mean(values));
  return cosine(centred(a), centred(b));
}

export function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
