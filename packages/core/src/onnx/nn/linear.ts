import type { GraphBuilder, WeightOptions } from "../graph.ts";
import { aValue, count, need } from "../need.ts";
import type { Value } from "../value.ts";
import { quantizedLinear } from "./quantized-linear.ts";

export interface LinearOptions extends WeightOptions {
  /** Default true. */
  readonly bias?: boolean;
  /** Whether it stays in float32 in every precision: its inputs or outputs do not bear eight bits. Default false. */
  readonly exact?: boolean;
  /**
   * A name that linears of the same x share whose inputs are rounded to eight bits once for all of them: those of attention's scores.
   * Default: x is rounded for this one.
   */
  readonly together?: string;
}

/**
 * x [tokens, input] → [tokens, output]. Weights: `weight` [output, input] and `bias` [output]. Where the weights have the matrix in "int8", each
 * row of x is rounded to eight bits too; in blocks, x stays as it is.
 */
export function linear(
  g: GraphBuilder,
  x: Value,
  input: number,
  output: number,
  options: LinearOptions = {},
): Value {
  need("linear", aValue, { x });
  need("linear", count, { input, output });
  const shape = [output, input];
  const quantized = options.exact ? undefined : g.quantized("weight", shape, { ...options, of: x });
  // Before the bias, so that a matrix of another size is told as what it is.
  const weight = quantized ? undefined : g.weight("weight", shape, options);
  const bias = options.bias === false ? undefined : g.weight("bias", [output]);
  if (quantized) return quantizedLinear(g, x, quantized, { input, output, bias });
  return g.node("Gemm", bias ? [x, weight, bias] : [x, weight], { transB: 1 });
}
