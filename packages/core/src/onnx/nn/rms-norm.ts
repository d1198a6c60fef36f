import type { GraphBuilder } from "../graph.ts";
import type { Value } from "../value.ts";

/** Divides the last dim of x by its root mean square (arXiv:1910.07467). Weight: `weight` [width]. */
export function rmsNorm(g: GraphBuilder, x: Value, width: number, epsilon: number): Value {
  return g.node("SimplifiedLayerNormalization", [x, g.weight("weight", [width])], {
    axis: -1,
    epsilon,
  });
}
