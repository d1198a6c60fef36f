import type { GraphBuilder } from "../graph.ts";
import { aValue, need } from "../need.ts";
import type { Value } from "../value.ts";

/** a + b, broadcast. */
export function add(g: GraphBuilder, a: Value, b: Value): Value {
  need("add", aValue, { a, b });
  return g.node("Add", [a, b]);
}

/** a · b elementwise, broadcast. */
export function mul(g: GraphBuilder, a: Value, b: Value): Value {
  need("mul", aValue, { a, b });
  return g.node("Mul", [a, b]);
}

/** x divided by its L2 norm along the last dim. */
export function normalize(g: GraphBuilder, x: Value): Value {
  need("normalize", aValue, { x });
  return g.node("LpNormalization", [x], { axis: -1, p: 2 });
}
