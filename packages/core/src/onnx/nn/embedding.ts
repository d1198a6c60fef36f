import type { GraphBuilder } from "../graph.ts";
import type { Value } from "../value.ts";

/** ids int64 of any shape → [...ids, width]. Weight: `weight` [count, width]. */
export function embedding(g: GraphBuilder, ids: Value, count: number, width: number): Value {
  return g.node("Gather", [g.weight("weight", [count, width]), ids]);
}
