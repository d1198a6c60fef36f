import type { GraphBuilder } from "../graph.ts";
import { aValue, count, need } from "../need.ts";
import type { Value } from "../value.ts";
import { cast, concat, reshape, shapeOf, slice } from "./shape.ts";

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
  const [batch, length] = [0, 1].map((axis) =>
    slice(g, shapeOf(g, query), { start: axis, end: axis + 1 }),
  );
  const last = g.node("Sub", [length, g.int64([1])]);
  const lasts = cast(g, g.node("Expand", [last, batch]), "int32");
  const [attended, keys, values] = g.nodes(
    "GroupQueryAttention",
    [query, key, value, undefined, undefined, lasts, cast(g, length!, "int32")],
    { num_heads: heads, kv_num_heads: keyHeads },
    // onnxruntime holds no scores only where the keys and values are asked for, too.
    { domain: "com.microsoft", outputs: 3 },
  );
  // They are read, since onnxruntime keeps what nothing reads until the run ends: those of all layers.
  const read = [keys!, values!].map((each, axis) =>
    slice(g, shapeOf(g, each), { start: 2 * axis, end: 2 * axis + 1 }),
  );
  return reshape(g, attended!, concat(g, [...read, g.int64([-1])], 0));
}
