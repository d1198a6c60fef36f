import type { GraphBuilder } from "../graph.ts";
import type { QuantizedValue, Value } from "../value.ts";
import { add, mul } from "./arithmetic.ts";
import { cast, shapeOf, unsqueeze } from "./shape.ts";

/** Half of the values of eight bits: the zero point of what is rounded to the nearest of -127 to 127. */
const zero = 128;
const greatest = 127;
/** Least size of a row, for one of zeros. */
const least = 1e-30;

/**
 * x [tokens, input] → [tokens, output], by a matrix in eight bits. Every row of x is rounded to eight bits by its own greatest value, so that a
 * row's result depends on no other row, and outliers of one token cost the others nothing (LLM.int8(), arXiv:2208.07339).
 */
export function int8Linear(
  g: GraphBuilder,
  x: Value,
  { values, scales }: QuantizedValue,
  bias?: Value,
): Value {
  const columns = g.int64([1]);
  const highest = g.node("ReduceMax", [x, columns], { keepdims: 0 });
  const lowest = g.node("ReduceMin", [x, columns], { keepdims: 0 });
  const size = g.node("Max", [highest, g.node("Neg", [lowest]), g.float32([least])]);
  const scale = mul(g, size, g.float32([1 / greatest]));
  const zeros = g.node("Expand", [uint8(g, zero), shapeOf(g, scale)]);
  const rounded = g.node("QuantizeLinear", [x, scale, zeros], { axis: 0 });
  const inputs = [rounded, values, g.float32([1], []), scales, uint8(g, zero)];
  const product = g.node("MatMulIntegerToFloat", inputs, {}, { domain: "com.microsoft" });
  const scaled = mul(g, product, unsqueeze(g, scale, [1]));
  return bias ? add(g, scaled, bias) : scaled;
}

/** A scalar, which onnxruntime makes once. */
function uint8(g: GraphBuilder, value: number): Value {
  return cast(g, g.int64([value], []), "uint8");
}
