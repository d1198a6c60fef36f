import type { Tensor } from "@kindred/core";
import type { Tokens } from "@kindred/core/text";

/** Pairs of several lengths as one batch [rows, longest]; the mask hides the padding. */
export function padded(
  pairs: readonly Tokens[],
): Record<"input_ids" | "token_type_ids" | "attention_mask", Tensor> {
  const longest = Math.max(...pairs.map(({ ids }) => ids.length));
  const batch = (row: (pair: Tokens) => Int32Array): Tensor => {
    const data = new BigInt64Array(pairs.length * longest);
    for (const [i, pair] of pairs.entries()) data.set(Array.from(row(pair), BigInt), i * longest);
    return { type: "int64", dims: [pairs.length, longest], data };
  };
  return {
    input_ids: batch(({ ids }) => ids),
    token_type_ids: batch(({ typeIds }) => typeIds),
    attention_mask: batch(({ ids }) => ids.map(() => 1)),
  };
}
