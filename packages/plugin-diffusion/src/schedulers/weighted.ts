export type Term = readonly [weight: number, values: Float32Array];

/** Σ weight · values, summed in float64. Every solver's step is such a sum. */
export function weighted(...terms: readonly Term[]): Float32Array {
  const sum = new Float32Array(terms[0]?.[1].length ?? 0);
  for (let i = 0; i < sum.length; i++) {
    let value = 0;
    for (const [weight, values] of terms) value += weight * values[i]!;
    sum[i] = value;
  }
  return sum;
}

/** Each value brought between -max and max. */
export function clamped(values: Float32Array, max: number): Float32Array {
  return values.map((value) => Math.min(Math.max(value, -max), max));
}
