const { sqrt } = Math;

export interface Guidance {
  readonly scale: number;
  readonly rescale: number;
}

/** Classifier-free guidance (arXiv 2207.12598): from the output without the prompt past the one with it; rescaled as arXiv 2305.08891 has it. */
export function guide(
  empty: Float32Array,
  text: Float32Array,
  { scale, rescale }: Guidance,
): Float32Array {
  const guided = empty.map((value, i) => value + scale * (text[i]! - value));
  if (rescale === 0) return guided;
  const factor = rescale * (deviation(text) / deviation(guided)) + (1 - rescale);
  return guided.map((value) => factor * value);
}

function deviation(values: Float32Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return sqrt(squares / (values.length - 1));
}
