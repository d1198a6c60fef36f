/** Turns the ids of several texts into their vectors, in one run. */
export type Encoder = (
  items: readonly Int32Array[],
  signal: AbortSignal,
) => Promise<readonly Float32Array[]>;
