import type { GraphBuilder } from "../graph.ts";
import { aValue, count, need } from "../need.ts";
import type { Value } from "../value.ts";

export interface AttentionOptions {
  /** [batch, query tokens, heads · size] */
  readonly query: Value;
  /** [batch, key tokens, heads · size] */
  readonly key: Value;
  /** [batch, key tokens, heads · size] */
  readonly value: Value;
  readonly heads: number;
  /** int32 [batch, key tokens]: 1 for a key that is attended to, 0 for one that is not. Default: all are. */
  readonly mask?: Value;
  /** float32 [batch or 1, heads or 1, query tokens, key tokens], added to the scores before the softmax. */
  readonly bias?: Value;
  /** Whether a query sees keys up to its own position alone. Default false. */
  readonly causal?: boolean;
  /** Factor of the scores before the softmax. Default 1/√size. */
  readonly scale?: number;
}

/** Multi-head scaled dot-product attention (arXiv:1706.03762) → [batch, query tokens, heads · size]. It has no weights. */
export function attention(g: GraphBuilder, options: AttentionOptions): Value {
  const { query, key, value, heads, mask, bias, causal = false, scale } = options ?? {};
  need("attention", aValue, { query, key, value });
  need("attention", count, { heads });
  const inputs = [query, key, value, undefined, mask, bias];
  const attributes = {
    num_heads: heads,
    unidirectional: causal ? 1 : 0,
    ...(scale === undefined ? {} : { scale }),
  };
  return g.node("MultiHeadAttention", inputs, attributes, { domain: "com.microsoft" });
}
