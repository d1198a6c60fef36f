import type { LexicalWeights } from "./embedding-kind.ts";

/**
 * A text's lexical weights from the weights of its tokens, as FlagEmbedding's `_process_token_weights` makes them. `unweighted` are
 * ids that have none: special tokens.
 */
export function lexicalWeights(
  ids: Int32Array,
  weights: Float32Array,
  unweighted: ReadonlySet<number>,
): LexicalWeights {
  const greatest = new Map<number, number>();
  for (let i = 0; i < ids.length; i++) {
    const [id, weight] = [ids[i]!, weights[i]!];
    if (unweighted.has(id) || !(weight > (greatest.get(id) ?? 0))) continue;
    greatest.set(id, weight);
  }
  return {
    ids: Int32Array.from(greatest.keys()),
    weights: Float32Array.from(greatest.values()),
  };
}
