import type { GraphBuilder } from "../graph.ts";
import { aValue, count as aCount, need } from "../need.ts";
import type { QuantizedValue, Value } from "../value.ts";
import { int8Linear } from "./int8-linear.ts";
import { split } from "./shape.ts";

/**
 * A linear whose result comes in `count` equal parts: x [tokens, input] → as many of [tokens, output / count]. Weights: `weight` [output, input] and
 * `bias` [output], which are split once, when the graph opens, in the place of the result in every run.
 */
export function splitLinear(
  g: GraphBuilder,
  x: Value,
  input: number,
  output: number,
  count: number,
): readonly Value[] {
  need("splitLinear", aValue, { x });
  need("splitLinear", aCount, { input, output, count });
  const shape = [output, input];
  const quantized = g.quantized("weight", shape, { of: x });
  const weights = quantized ? [] : split(g, g.weight("weight", shape), count, 0);
  const biases = split(g, g.weight("bias", [output]), count, 0);
  if (quantized) {
    const parts = splitColumns(g, quantized, count);
    return parts.map((part, i) => int8Linear(g, x, part, biases[i]));
  }
  return weights.map((weight, i) => g.node("Gemm", [x, weight, biases[i]], { transB: 1 }));
}

function splitColumns(
  g: GraphBuilder,
  matrix: QuantizedValue,
  count: number,
): readonly QuantizedValue[] {
  const scales = split(g, matrix.scales, count, 0);
  const parts = split(g, matrix.values, count, 1);
  if (matrix.rounding === "run") {
    return parts.map((values, i) => ({ ...matrix, values, scales: scales[i]! }));
  }
  const sums = split(g, matrix.sums, count, 1);
  return parts.map((values, i) => ({ ...matrix, values, scales: scales[i]!, sums: sums[i]! }));
}
