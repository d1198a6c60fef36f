import type { GraphBuilder } from "../graph.ts";
import { aValue, count, need } from "../need.ts";
import type { Value } from "../value.ts";
import { mul } from "./arithmetic.ts";
import { attention } from "./attention.ts";
import { cast, concat, reshape, shapeOf, unsqueeze } from "./shape.ts";

/** Further numbers of a head: kernels of GPUs want multiples of eight. */
const further = 8;

/** What `padding` adds to the heads of queries and of keys: float32 [batch, tokens, heads, 8] each. */
export interface Padding {
  readonly query: Value;
  readonly key: Value;
}

/**
 * Prepares `paddedAttention` over texts whose mask, int64 [batch, tokens], has 1 for tokens and 0 for padding. The layers of a graph share
 * it.
 */
export function padding(g: GraphBuilder, mask: Value, heads: number): Padding {
  need("padding", aValue, { mask });
  need("padding", count, { heads });
  const one = g.float32([1, ...Array<number>(further - 1).fill(0)], [1, 1, 1, further]);
  const shape = concat(g, [shapeOf(g, mask), g.int64([heads, further])], 0);
  const absent = g.node("Sub", [cast(g, mask, "float32"), g.float32([1], [])]);
  const far = mul(g, unsqueeze(g, absent, [2, 3]), mul(g, one, g.float32([1e9], [])));
  return { query: g.node("Expand", [one, shape]), key: g.node("Expand", [far, shape]) };
}

export interface PaddedAttentionOptions {
  /** [batch, tokens, heads · size], and so are keys and values. */
  readonly query: Value;
  readonly key: Value;
  readonly value: Value;
  readonly heads: number;
  readonly size: number;
  readonly padding: Padding;
}

/**
 * Attention between all tokens of a text → [batch, tokens, heads · size]. The scores of all pairs are never held, so memory grows with
 * the tokens and not with their square (arXiv:2205.14135). onnxruntime does so where there is no mask. Padding is hidden by a further
 * dimension instead: the product of queries' 1 and keys' −10⁹ joins the scores. It has no weights.
 */
export function paddedAttention(g: GraphBuilder, options: PaddedAttentionOptions): Value {
  const { query, key, value, heads, size, padding: added } = options ?? {};
  need("paddedAttention", aValue, { query, key, value });
  need("paddedAttention", aValue, { "padding.query": added?.query, "padding.key": added?.key });
  need("paddedAttention", count, { heads, size });
  const longer = (x: Value, by: Value): Value => {
    const perHead = concat(g, [reshape(g, x, [0, 0, heads, size]), by], 3);
    return reshape(g, perHead, [0, 0, heads * (size + further)]);
  };
  return attention(g, {
    query: longer(query, added.query),
    key: longer(key, added.key),
    value,
    heads,
    scale: 1 / Math.sqrt(size),
  });
}
