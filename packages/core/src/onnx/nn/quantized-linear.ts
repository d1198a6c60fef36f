import type { GraphBuilder } from "../graph.ts";
import type { QuantizedValue, Value } from "../value.ts";
import { blockLinear } from "./block-linear.ts";
import { int8Linear } from "./int8-linear.ts";

export interface QuantizedLinearOptions {
  readonly input: number;
  readonly output: number;
  readonly bias?: Value | undefined;
}

/** x [tokens, input] → [tokens, output], by a matrix in fewer bits. */
export function quantizedLinear(
  g: GraphBuilder,
  x: Value,
  matrix: QuantizedValue,
  options: QuantizedLinearOptions,
): Value {
  return matrix.precision === "int8"
    ? int8Linear(g, x, matrix, options.bias)
    : blockLinear(g, x, matrix, options);
}
