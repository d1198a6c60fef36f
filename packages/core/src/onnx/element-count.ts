/** The number of elements of a tensor of these dims. That of a scalar, which has none, is 1. */
export function elementCount(dims: readonly number[]): number {
  return dims.reduce((product, dim) => product * dim, 1);
}
