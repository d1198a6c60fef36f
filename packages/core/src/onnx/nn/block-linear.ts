import { blockSize } from "../blocks.ts";
import type { BlockValue } from "../blocks.ts";
import type { GraphBuilder } from "../graph.ts";
import type { Value } from "../value.ts";
import { mul } from "./arithmetic.ts";
import type { QuantizedLinearOptions } from "./quantized-linear.ts";
import { cast, reshape, slice } from "./shape.ts";

/**
 * x [tokens, input] → [tokens, output], by a matrix in blocks; x stays in float32. onnxruntime's `MatMulNBits` unpacks blocks of four bits as it
 * goes. It has no such way for eight bits, and unpacks a matrix in three times the time that `DequantizeLinear` takes.
 */
export function blockLinear(
  g: GraphBuilder,
  input: Value,
  matrix: BlockValue,
  { bias, ...sizes }: QuantizedLinearOptions,
): Value {
  const { precision, values, scales, zeros, smoothing } = matrix;
  const smooth = smoothing && (() => mul(g, input, smoothing));
  const x = smooth ? g.once(`smoothed ${input.name} ${smoothing.name}`, smooth) : input;
  if (precision === "weight-int8") {
    const weight = unpacked(g, x, matrix, sizes);
    return g.node("Gemm", bias ? [x, weight, bias] : [x, weight], { transB: 1 });
  }
  const attributes = { K: sizes.input, N: sizes.output, bits: 4, block_size: blockSize };
  const inputs = [x, values, scales, zeros, ...(bias ? [undefined, bias] : [])];
  return g.node("MatMulNBits", inputs, attributes, { domain: "com.microsoft" });
}

/** The matrix [output, input] in float32, in each run anew. */
function unpacked(
  g: GraphBuilder,
  x: Value,
  { values, scales, zeros }: BlockValue,
  { input, output }: QuantizedLinearOptions,
): Value {
  // Else onnxruntime would unpack it once and for all when the graph opens, or all matrices before their first product.
  const one = g.once(`one of ${x.name}`, () => oneOf(g, x));
  const blocks = g.node("DequantizeLinear", [values, mul(g, scales, one), zeros], { axis: 0 });
  const filled = Math.ceil(input / blockSize) * blockSize;
  const rows = reshape(g, blocks, [output, filled]);
  return filled === input ? rows : slice(g, rows, { axis: 1, start: 0, end: input });
}

/** 1, float32 [1], whatever is in x [rows, columns]. */
function oneOf(g: GraphBuilder, x: Value): Value {
  const element = slice(g, reshape(g, x, [-1]), { start: 0, end: 1 });
  const isOther = cast(g, element, "bool");
  return cast(g, g.node("Or", [isOther, g.node("Not", [isOther])]), "float32");
}
