import type { Tensor } from "@kindred/core";

export interface WindowOptions {
  /** Tokens of a window, start and end tokens included. */
  readonly length: number;
  /** Ids of the tokens around a window's text and behind it. */
  readonly start: number;
  readonly end: number;
  readonly padding: number;
}

/** The number of windows that a text of this many tokens fills: at least one. */
export function windowCount(tokens: number, { length }: WindowOptions): number {
  return Math.max(1, Math.ceil(tokens / (length - 2)));
}

/** A text's ids in `count` windows. Each has its own start and end tokens and is padded to the full length. */
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

/** The states of all windows, [1, length, width] each, joined along the sequence. */
export function joinedWindows(states: readonly Tensor[]): Tensor {
  const [first] = states;
  if (states.length === 1) return first!;
  const [, length = 0, width = 0] = first!.dims;
  const data = new Float32Array(states.length * length * width);
  for (const [i, each] of states.entries()) {
    data.set(each.data as Float32Array, i * length * width);
  }
  return { type: "float32", dims: [1, states.length * length, width], data };
}

/** States of several encoders over the same sequence, [1, length, width] each, side by side along their widths. */
export function joinedWidths(states: readonly Tensor[]): Tensor {
  const [, length = 0] = states[0]!.dims;
  const total = states.reduce((sum, { dims }) => sum + dims[2]!, 0);
  const data = new Float32Array(length * total);
  let start = 0;
  for (const { dims, data: own } of states) {
    const width = dims[2]!;
    for (let i = 0; i < length; i++)
      data.set((own as Float32Array).subarray(i * width, (i + 1) * width), i * total + start);
    start += width;
  }
  return { type: "float32", dims: [1, length, total], data };
}
