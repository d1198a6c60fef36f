import type { Tensor } from "@kindred/core";

/**
 * Token ids of several lengths as one batch: `input_ids`, padded with 0, and the `attention_mask` that hides the padding,
 * both int64 [texts, longest text].
 */
export function batchOf(
  items: readonly Int32Array[],
): Record<"input_ids" | "attention_mask", Tensor> {
  let width = 0;
  for (const { length } of items) width = Math.max(width, length);
  const dims = [items.length, width];
  const ids = new BigInt64Array(items.length * width);
  const mask = new BigInt64Array(items.length * width);
  for (const [row, item] of items.entries()) {
    const start = row * width;
    ids.set(Array.from(item, BigInt), start);
    mask.fill(1n, start, start + item.length);
  }
  return {
    input_ids: { type: "int64", dims, data: ids },
    attention_mask: { type: "int64", dims, data: mask },
  };
}

/** The rows of float32 [texts, dimensions], each a copy of its own. */
export function rowsOf({ data, dims: [count = 0, width = 0] }: Tensor): readonly Float32Array[] {
  const rows: Float32Array[] = [];
  for (let row = 0; row < count; row++) {
    rows.push((data as Float32Array).slice(row * width, (row + 1) * width));
  }
  return rows;
}
