import type { GraphBuilder } from "../graph.ts";
import type { Value } from "../value.ts";

export interface AttentionOptions {
  /** [batch, query tokens, heads · size] */
  readonly query: Value;
  /** [batch, key tokens, heads · size] */
  readonly key: Value;
  /** [batch, key tokens, heads · size] */
  readonly value: Value;
  readonly heads: number;
  /** int32 [batch, key tokens]: 1 where a key is attended to. Default: everywhere. */
  readonly mask?: Value;
  /** float32 [batch or 1, heads or 1, query tokens, key tokens], added to the scores before the softmax. */
  readonly bias?: Value;
  /** Whether a query sees only keys up to its own position; default false. */
  readonly causal?: boolean;
  /** What scores are multiplied by; default 1/√size. */
  readonly scale?: number;
}

/** Scaled dot-product attention over several heads → [batch, query tokens, heads · size]. It has no weights. */
export function attention(g: GraphBuilder, options: AttentionOptions): Value {
  const { query, key, value, heads, mask, bias, causal = false, scale } = options;
  const inputs = [query, key, value, undefined, mask, bias];
  const attributes = {
    num_heads: heads,
    unidirectional: causal ? 1 : 0,
    ...(scale === undefined ? {} : { scale }),
  };
  return g.node("MultiHeadAttention", inputs, attributes, { domain: "com.microsoft" });
}
