import type { GraphBuilder } from "../graph.ts";
import type { QuantizedValue, Value } from "../value.ts";

/** A value in eight bits with one scale: (values - zero) · scale. */
export interface RoundedRun {
  /** uint8, in the shape of the value */
  readonly values: Value;
  /** float32, a scalar */
  readonly scale: Value;
  /** uint8, a scalar */
  readonly zero: Value;
}

/** x between its least and its greatest value, rounded once for all that ask. */
export function roundedRun(g: GraphBuilder, x: Value): RoundedRun {
  return g.once(`int8 run ${x.name}`, () => {
    const rounded = g.nodes("DynamicQuantizeLinear", [x], {}, { outputs: 3 });
    const [values, scale, zero] = rounded as readonly [Value, Value, Value];
    return { values, scale, zero };
  });
}

/** A value [tokens, input] in eight bits with one scale → [tokens, output]. */
export function int8Product(
  g: GraphBuilder,
  { values, scale, zero }: RoundedRun,
  matrix: QuantizedValue,
  bias?: Value,
): Value {
  const inputs = [values, matrix.values, scale, matrix.scales, zero, undefined, bias];
  return g.node("MatMulIntegerToFloat", inputs, {}, { domain: "com.microsoft" });
}
