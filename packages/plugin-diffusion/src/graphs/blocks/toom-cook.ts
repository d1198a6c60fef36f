/** The matrices of a minimal filtering algorithm, for outputs = output · ((kernel · taps) ⊙ (input · samples)). */
export interface Filtering {
  /** [n, n], for n = outputs + 2 samples. */
  readonly input: Matrix;
  /** [n, 3], for three taps. */
  readonly kernel: Matrix;
  /** [outputs, n] */
  readonly output: Matrix;
}

export type Matrix = readonly (readonly number[])[];

/**
 * Computes `outputs` values of a filter of three taps with one multiplication for each of `points`, outputs + 1 of them, and
 * one for infinity (Winograd 1980).
 */
export function filtering(outputs: number, points: readonly number[]): Filtering {
  const others = points.map((point) => points.filter((each) => each !== point));
  const powers = (point: number, count: number) =>
    Array.from({ length: count }, (_, i) => point ** i);
  const weight = (i: number) =>
    others[i]!.reduce((product, other) => product * (points[i]! - other), 1);
  return {
    input: [...others.map((each) => [...polynomial(each), 0]), polynomial(points)],
    kernel: [
      ...points.map((point, i) => powers(point, 3).map((power) => power / weight(i))),
      [0, 0, 1],
    ],
    output: Array.from({ length: outputs }, (_, i) => [
      ...points.map((point) => point ** i),
      i === outputs - 1 ? 1 : 0,
    ]),
  };
}

/** Coefficients of Π (x - root), the constant first. */
function polynomial(roots: readonly number[]): readonly number[] {
  return roots.reduce<readonly number[]>(
    (product, root) =>
      [0, ...product].map((coefficient, i) => coefficient - root * (product[i] ?? 0)),
    [1],
  );
}

/** The Kronecker product of a matrix with itself, which makes the algorithm of a row that of a square. */
export function kronecker(a: Matrix): Matrix {
  return a.flatMap((down) => a.map((across) => down.flatMap((x) => across.map((y) => x * y))));
}
