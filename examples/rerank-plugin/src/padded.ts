import type { Tensor } from "@kindred/core";
import type { Tokens } from "@kindred/core/text";

/** Pairs of several lengths as one batch, int64 [pairs, longest pair], padded with 0. The mask hides the padding. */
export function padded(
  pairs: readonly Tokens[],
): Record<"input_ids" | "token_type_ids" | "attention_mask", Tensor> {
  const width = Math.max(...pairs.map(({ ids }) => ids.length));
  const batch = (row: (pair: Tokens) => Int32Array): Tensor => {
    const data = new BigInt64Array(pairs.length * width);
    for (const [i, pair] of pairs.entries()) data.set(Array.from(row(pair), BigInt), i * width);
    return { type: "int64", dims: [pairs.length, width], data };
  };
  return {
    input_ids: batch(({ ids }) => ids),
    token_type_ids: batch(({ typeIds }) => typeIds),
    attention_mask: batch(({ ids }) => ids.map(() => 1)),
  };
}
