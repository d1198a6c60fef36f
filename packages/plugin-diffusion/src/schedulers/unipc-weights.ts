const { expm1 } = Math;

/**
 * ρ with Σ_m r_m^k ρ_m = (k+1)! φ_(k+2)(−h) (−h)^(k+1) / B(h), found through the r's Lagrange polynomials
 * (Zhao et al. 2023, equation 8). A single ρ is 1/2, which the paper finds enough for that order.
 */
export function unipcWeights(ratios: readonly number[], h: number, b: number): number[] {
  if (ratios.length === 1) return [1 / 2];
  const moments = right(ratios.length, h, b);
  return ratios.map((ratio) =>
    lagrange(
      ratio,
      ratios.filter((other) => other !== ratio),
    ).reduce((sum, coefficient, k) => sum + coefficient * moments[k]!, 0),
  );
}

/** The right-hand sides, for k from 0. */
function right(count: number, h: number, b: number): number[] {
  let phi = expm1(-h) / -h - 1;
  let factorial = 1;
  return Array.from({ length: count }, (_, k) => {
    const moment = (phi * factorial) / b;
    factorial *= k + 2;
    phi = phi / -h - 1 / factorial;
    return moment;
  });
}

/** Coefficients, lowest power first, of the polynomial that is 1 at `node` and 0 at the others. */
function lagrange(node: number, others: readonly number[]): number[] {
  let polynomial = [1];
  for (const other of others)
    polynomial = [0, ...polynomial].map(
      (lower, k) => (lower - other * (polynomial[k] ?? 0)) / (node - other),
    );
  return polynomial;
}
