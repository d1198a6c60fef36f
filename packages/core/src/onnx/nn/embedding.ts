import type { GraphBuilder } from "../graph.ts";
import { aValue, count as aCount, need } from "../need.ts";
import type { Value } from "../value.ts";

/** ids int64 of any shape → [...ids, width]. Weight: `weight` [count, width]. */
export function embedding(g: GraphBuilder, ids: Value, count: number, width: number): Value {
  need("embedding", aValue, { ids });
  need("embedding", aCount, { count, width });
  return g.node("Gather", [g.weight("weight", [count, width]), ids]);
}
