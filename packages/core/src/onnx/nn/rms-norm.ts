import type { GraphBuilder } from "../graph.ts";
import { aValue, count, finite, need } from "../need.ts";
import type { Value } from "../value.ts";

/** Scales the last dim of x to a root mean square of 1 (arXiv:1910.07467). Weights: `weight` [width]. */
export function rmsNorm(g: GraphBuilder, x: Value, width: number, epsilon: number): Value {
  need("rmsNorm", aValue, { x });
  need("rmsNorm", count, { width });
  need("rmsNorm", finite, { epsilon });
  const inputs = [x, g.weight("weight", [width])];
  return g.normalized(g.node("SimplifiedLayerNormalization", inputs, { axis: -1, epsilon }));
}
