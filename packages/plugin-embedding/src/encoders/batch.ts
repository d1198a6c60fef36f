import type { Tensor } from "@kindred/core";
import type { EncoderInput } from "./encoder.ts";

/** int64 [texts, longest text] */
export interface BatchTensor extends Tensor {
  readonly dims: readonly [texts: number, longest: number];
  readonly data: BigInt64Array;
}

/**
 * Token ids of several lengths as one batch: `input_ids`, padded with 0, and the `attention_mask` that hides the padding,
 * both int64 [texts, longest text].
 */
export function batchOf(
  items: readonly EncoderInput[],
): Record<"input_ids" | "attention_mask", BatchTensor> {
  const ids = blank(items);
  for (const [row, item] of items.entries()) {
    ids.data.set(Array.from(item.ids, BigInt), row * ids.dims[1]);
  }
  return { input_ids: ids, attention_mask: maskOf(items, () => 0) };
}

/** The mask, int64 [texts, longest text], of the tokens that pooling counts. */
export function poolingMaskOf(items: readonly EncoderInput[]): BatchTensor {
  return maskOf(items, ({ skipped }) => skipped);
}

/** The rows of float32 [texts, dimensions], each a copy of its own. */
export function rowsOf({ data, dims: [count = 0, width = 0] }: Tensor): readonly Float32Array[] {
  const rows: Float32Array[] = [];
  for (let row = 0; row < count; row++) {
    rows.push((data as Float32Array).slice(row * width, (row + 1) * width));
  }
  return rows;
}

/** 1 for the tokens of each text from its first on, 0 elsewhere. */
function maskOf(
  items: readonly EncoderInput[],
  first: (item: EncoderInput) => number,
): BatchTensor {
  const mask = blank(items);
  for (const [row, item] of items.entries()) {
    const start = row * mask.dims[1];
    mask.data.fill(1n, start + first(item), start + item.ids.length);
  }
  return mask;
}

/** Zeros, int64 [texts, longest text]. */
function blank(items: readonly EncoderInput[]) {
  let width = 0;
  for (const { ids } of items) width = Math.max(width, ids.length);
  return {
    type: "int64",
    dims: [items.length, width] as const,
    data: new BigInt64Array(items.length * width),
  } as const;
}
