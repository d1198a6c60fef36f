import type { GraphBuilder, WeightOptions } from "../graph.ts";
import { aValue, count, need } from "../need.ts";
import type { Value } from "../value.ts";

export interface LinearOptions extends WeightOptions {
  /** Default true. */
  readonly bias?: boolean;
}

/** x [tokens, input] → [tokens, output]. Weights: `weight` [output, input] and `bias` [output]. */
export function linear(
  g: GraphBuilder,
  x: Value,
  input: number,
  output: number,
  options: LinearOptions = {},
): Value {
  need("linear", aValue, { x });
  need("linear", count, { input, output });
  const weight = g.weight("weight", [output, input], options);
  const bias = options.bias === false ? undefined : g.weight("bias", [output]);
  return g.node("Gemm", bias ? [x, weight, bias] : [x, weight], { transB: 1 });
}
