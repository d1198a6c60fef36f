import type { Tensor } from "@kindred/core";

/** Ids of several lengths as one batch: `input_ids` and the `attention_mask` that hides the padding, [rows, longest]. */
export function padded(
  items: readonly Int32Array[],
): Record<"input_ids" | "attention_mask", Tensor> {
  const longest = Math.max(...items.map((ids) => ids.length));
  const dims = [items.length, longest];
  const ids = new BigInt64Array(items.length * longest);
  const mask = new BigInt64Array(items.length * longest);
  for (const [row, item] of items.entries()) {
    const start = row * longest;
    ids.set(Array.from(item, BigInt), start);
    mask.fill(1n, start, start + item.length);
  }
  return {
    input_ids: { type: "int64", dims, data: ids },
    attention_mask: { type: "int64", dims, data: mask },
  };
}
