export interface WindowOptions {
  /** Tokens of a window, start and end included. */
  readonly length: number;
  readonly start: number;
  readonly end: number;
  readonly padding: number;
}

/** How many windows a text of so many tokens fills: at least one. */
export function windowCount(tokens: number, { length }: WindowOptions): number {
  return Math.max(1, Math.ceil(tokens / (length - 2)));
}

/** A text's ids cut into `count` windows, each with its own start and end and padded to the full length. */
export function windows(
  ids: Int32Array,
  count: number,
  options: WindowOptions,
): readonly number[][] {
  const { length, start, end, padding } = options;
  const room = length - 2;
  return Array.from({ length: count }, (_, i) => {
    const window = [start, ...ids.subarray(i * room, (i + 1) * room), end];
    return [...window, ...Array<number>(length - window.length).fill(padding)];
  });
}
