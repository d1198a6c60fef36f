import type { GraphBuilder } from "../graph.ts";
import type { Value } from "../value.ts";

export interface SkipLayerNormOptions {
  readonly width: number;
  readonly epsilon: number;
}

/** The layer norm of x + skip in one operator. Weights: `weight` [width] and `bias` [width]. */
export function skipLayerNorm(
  g: GraphBuilder,
  x: Value,
  skip: Value,
  { width, epsilon }: SkipLayerNormOptions,
): Value {
  const inputs = [x, skip, g.weight("weight", [width]), g.weight("bias", [width])];
  return g.node("SkipLayerNormalization", inputs, { epsilon }, { domain: "com.microsoft" });
}
