import type { Tensor } from "@kindred/core";

/** The tokens of a text, or of a pair of texts. */
export interface TokenRow {
  /** Special tokens included, as long as the model takes them. */
  readonly ids: Int32Array;
  /** For each id, which text of a pair it belongs to: 0 or 1. Default: all are 0. */
  readonly typeIds?: Int32Array;
}

/** int64 [rows, longest row] */
export interface BatchTensor extends Tensor {
  readonly dims: readonly [rows: number, longest: number];
  readonly data: BigInt64Array;
}

/**
 * Token ids of several lengths as one batch: `input_ids`, padded with 0, and the `attention_mask` that hides the padding,
 * both int64 [rows, longest row]. A model's own padding may be another id. Networks that know it count places from a text's
 * first token, so that no id behind a text changes its states.
 */
export function batchOf(
  rows: readonly TokenRow[],
): Record<"input_ids" | "attention_mask", BatchTensor> {
  const ids = filled(rows, (row) => row.ids);
  return { input_ids: ids, attention_mask: maskOf(rows, () => 0) };
}

/** `token_type_ids`, int64 [rows, longest row]. Padding is of the first type. */
export function tokenTypesOf(rows: readonly TokenRow[]): BatchTensor {
  return filled(rows, ({ typeIds }) => typeIds);
}

/** 1 for the tokens of each row from its first on, 0 elsewhere. */
export function maskOf<Row extends TokenRow>(
  rows: readonly Row[],
  first: (row: Row) => number,
): BatchTensor {
  const mask = blank(rows);
  for (const [at, row] of rows.entries()) {
    const start = at * mask.dims[1];
    mask.data.fill(1n, start + first(row), start + row.ids.length);
  }
  return mask;
}

/** The rows of float32 [rows, width], each a copy of its own. */
export function rowsOf({ data, dims: [count = 0, width = 0] }: Tensor): readonly Float32Array[] {
  const rows: Float32Array[] = [];
  for (let row = 0; row < count; row++) {
    rows.push((data as Float32Array).slice(row * width, (row + 1) * width));
  }
  return rows;
}

function filled(
  rows: readonly TokenRow[],
  values: (row: TokenRow) => Int32Array | undefined,
): BatchTensor {
  const tensor = blank(rows);
  for (const [at, row] of rows.entries()) {
    const found = values(row);
    if (found) tensor.data.set(Array.from(found, BigInt), at * tensor.dims[1]);
  }
  return tensor;
}

/** Zeros, int64 [rows, longest row]. */
function blank(rows: readonly TokenRow[]): BatchTensor {
  let width = 0;
  for (const { ids } of rows) width = Math.max(width, ids.length);
  return {
    type: "int64",
    dims: [rows.length, width],
    data: new BigInt64Array(rows.length * width),
  };
}
