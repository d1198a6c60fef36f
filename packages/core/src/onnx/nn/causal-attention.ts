import type { GraphBuilder } from "../graph.ts";
import { aValue, count, need } from "../need.ts";
import type { Value } from "../value.ts";
import { cast, shapeOf, slice } from "./shape.ts";

export interface CausalAttentionOptions {
  /** [batch, tokens, heads · size] */
  readonly query: Value;
  /** [batch, tokens, keyHeads · size] */
  readonly key: Value;
  /** [batch, tokens, keyHeads · size] */
  readonly value: Value;
  /** A multiple of `keyHeads`. */
  readonly heads: number;
  /** Heads of keys and values; `heads` / `keyHeads` heads of queries share each (arXiv:2305.13245). */
  readonly keyHeads: number;
}

/**
 * Attention in which a token sees itself and those before it → [batch, tokens, heads · size]. Padding behind a text needs no mask. The
 * scores of all pairs are never held, so memory grows with the tokens and not with their square (arXiv:2205.14135). It has no weights.
 */
export function causalAttention(g: GraphBuilder, options: CausalAttentionOptions): Value {
  const { query, key, value, heads, keyHeads } = options ?? {};
  need("causalAttention", aValue, { query, key, value });
  need("causalAttention", count, { heads, keyHeads });
  const shape = shapeOf(g, query);
  const length = slice(g, shape, { start: 1, end: 2 });
  const last = g.node("Sub", [length, g.int64([1])]);
  const lasts = g.node("Expand", [last, slice(g, shape, { start: 0, end: 1 })]);
  const inputs = [query, key, value, undefined, undefined];
  const [attended] = g.nodes(
    "GroupQueryAttention",
    [...inputs, cast(g, lasts, "int32"), cast(g, length, "int32")],
    { num_heads: heads, kv_num_heads: keyHeads },
    // onnxruntime holds no scores only where its keys and values are asked for, too.
    { domain: "com.microsoft", outputs: 3 },
  );
  return attended!;
}
