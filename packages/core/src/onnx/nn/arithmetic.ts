import type { GraphBuilder } from "../graph.ts";
import type { Value } from "../value.ts";

/** a + b, broadcast. */
export function add(g: GraphBuilder, a: Value, b: Value): Value {
  return g.node("Add", [a, b]);
}

/** a · b elementwise, broadcast. */
export function mul(g: GraphBuilder, a: Value, b: Value): Value {
  return g.node("Mul", [a, b]);
}

/** x divided by its L2 norm along the last dim. */
export function normalize(g: GraphBuilder, x: Value): Value {
  return g.node("LpNormalization", [x], { axis: -1, p: 2 });
}
