/** The weights w with the lowest Σ (row · w - target)², through the normal equations. The rows must span their space. */
export function leastSquares(
  rows: readonly (readonly number[])[],
  targets: readonly number[],
): readonly number[] {
  const terms = rows[0]?.length ?? 0;
  const equations = Array.from({ length: terms }, () => Array<number>(terms + 1).fill(0));
  for (const [i, row] of rows.entries()) {
    const extended = [...row, targets[i]!];
    for (const [a, equation] of equations.entries()) {
      for (const [b, value] of extended.entries()) equation[b]! += row[a]! * value;
    }
  }
  // The matrix is symmetric and positive definite, so elimination needs no pivoting.
  for (const [i, equation] of equations.entries()) {
    const pivot = equation[i]!;
    for (const [b, value] of equation.entries()) equation[b] = value / pivot;
    for (const other of equations) {
      if (other === equation) continue;
      const factor = other[i]!;
      for (const [b, value] of equation.entries()) other[b]! -= factor * value;
    }
  }
  return equations.map((equation) => equation[terms]!);
}
