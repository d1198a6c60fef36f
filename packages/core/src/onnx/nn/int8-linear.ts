import type { GraphBuilder } from "../graph.ts";
import type { QuantizedValue, Value } from "../value.ts";
import { add, mul } from "./arithmetic.ts";
import { int8Product, roundedRun } from "./rounded-run.ts";
import { cast, concat, unsqueeze } from "./shape.ts";

/** Values of eight bits without a sign, and the one that stands for zero where a matrix is multiplied by them. */
const [greatest, middle] = [255, 128];
/** Least step of a row, for one of zeros. */
const least = 1e-30;

/**
 * x [tokens, input] → [tokens, output], by a matrix in eight bits. With the rounding "run", x is rounded between its least and its
 * greatest value. Otherwise each row of x is rounded between its own, so that a row's result depends
 * on no other row, and one token's outliers cost the others nothing (LLM.int8(), arXiv:2208.07339).
 */
export function int8Linear(g: GraphBuilder, x: Value, matrix: QuantizedValue, bias?: Value): Value {
  if (matrix.rounding === "run") return int8Product(g, roundedRun(g, x), matrix, bias);
  const { values, scales, sums, smoothing } = matrix;
  const rows = g.once(`int8 ${x.name} ${smoothing?.name}`, () => roundedRows(g, x, smoothing));
  const inputs = [rows.values, values, g.float32([1], []), scales, uint8(g, middle)];
  const product = g.node("MatMulIntegerToFloat", inputs, {}, { domain: "com.microsoft" });
  const scaled = mul(g, product, rows.step);
  if (!bias) return g.node("Gemm", [rows.shift, sums, scaled]);
  // One pass over the rows adds both.
  const added = concat(g, [sums, unsqueeze(g, bias, [0])], 0);
  return g.node("Gemm", [rows.shiftAndOne, added, scaled]);
}

/** Rows in eight bits: (values - zero) · step, where the product is computed with `middle` in the place of each row's zero. */
interface RoundedRows {
  /** uint8 [tokens, input] */
  readonly values: Value;
  /** float32 [tokens, 1] */
  readonly step: Value;
  /** float32 [tokens, 1]: (middle - zero) · step, by which the columns' sums are to be added. */
  readonly shift: Value;
  /** float32 [tokens, 2]: the same beside ones, by which a bias is to be added. */
  readonly shiftAndOne: Value;
}

function roundedRows(g: GraphBuilder, input: Value, smoothing: Value | undefined): RoundedRows {
  const x = smoothing ? mul(g, input, smoothing) : input;
  const columns = g.int64([1]);
  const zero = g.float32([0]);
  // Zero is among the values of each row: padding and attention's masks stay exact.
  const high = g.node("Max", [g.node("ReduceMax", [x, columns], { keepdims: 0 }), zero]);
  const low = g.node("Min", [g.node("ReduceMin", [x, columns], { keepdims: 0 }), zero]);
  const range = mul(g, g.node("Sub", [high, low]), g.float32([1 / greatest]));
  const step = g.node("Max", [range, g.float32([least])]);
  const place = g.node("Round", [g.node("Neg", [g.node("Div", [low, step])])]);
  const values = g.node("QuantizeLinear", [x, step, cast(g, place, "uint8")], { axis: 0 });
  const [steps, shift] = [step, mul(g, g.node("Sub", [g.float32([middle]), place]), step)].map(
    (each) => unsqueeze(g, each, [1]),
  );
  const ones = add(g, mul(g, shift!, zero), g.float32([1]));
  return { values, step: steps!, shift: shift!, shiftAndOne: concat(g, [shift!, ones], 1) };
}

/** A scalar, which onnxruntime makes once. */
function uint8(g: GraphBuilder, value: number): Value {
  return cast(g, g.int64([value], []), "uint8");
}
