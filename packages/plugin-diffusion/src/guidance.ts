const { sqrt } = Math;

export interface Guidance {
  /** 1 is the prediction with the prompt, 0 the one without; above 1 goes beyond the prompt. */
  readonly scale: number;
  /** φ of arXiv 2305.08891, from 0 to 1. */
  readonly rescale: number;
}

/**
 * Classifier-free guidance (arXiv 2207.12598) of a prediction without the prompt and one with it. `rescale` brings its
 * deviation back to that of the prediction with the prompt (arXiv 2305.08891).
 */
export function guide(
  without: Float32Array,
  prompted: Float32Array,
  { scale, rescale }: Guidance,
): Float32Array {
  const guided = without.map((value, i) => value + scale * (prompted[i]! - value));
  if (rescale === 0) return guided;
  const factor = rescale * (deviation(prompted) / deviation(guided)) + (1 - rescale);
  return guided.map((value) => factor * value);
}

function deviation(values: Float32Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return sqrt(squares / (values.length - 1));
}
