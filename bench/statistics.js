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
