import type { GraphBuilder } from "../graph.ts";
import type { QuantizedValue, Value } from "../value.ts";
import { im2col } from "./im2col.ts";
import type { Kernels } from "./im2col.ts";
import { int8Product, roundedRun } from "./rounded-run.ts";
import { concat, reshape, transpose } from "./shape.ts";

export interface Int8Conv2dOptions extends Kernels {
  readonly in: number;
  readonly out: number;
}

/**
 * x [batch, in, height, width] → [batch, out, …], by kernels in eight bits. x is rounded between its least and its greatest value, and what
 * each kernel lies over becomes a row of a matrix, which onnxruntime multiplies faster than it convolves
 * (`ConvInteger` takes longer than a convolution in float32).
 */
export function int8Conv2d(
  g: GraphBuilder,
  x: Value,
  kernels: QuantizedValue,
  { in: input, out, ...lie }: Int8Conv2dOptions,
  bias?: Value,
): Value {
  const { values, ...rounded } = roundedRun(g, x);
  const map = transpose(g, values, [0, 2, 3, 1]);
  const columns = im2col(g, map, input, rounded.zero, lie);
  const product = int8Product(g, { ...rounded, values: columns.values }, kernels, bias);
  const shape = concat(g, [columns.shape, g.int64([out])], 0);
  return transpose(g, reshape(g, product, shape), [0, 3, 1, 2]);
}
