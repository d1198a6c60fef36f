import type { GraphBuilder } from "../graph.ts";
import { aValue, count, need } from "../need.ts";
import type { Value } from "../value.ts";
import { int8Conv2d } from "./int8-conv2d.ts";

export interface Conv2dOptions {
  readonly in: number;
  readonly out: number;
  readonly kernel: number;
  /** Default 1. */
  readonly stride?: number;
  /** On every side, or [top, left, bottom, right]. Default 0. */
  readonly padding?: number | readonly [number, number, number, number];
  /** Default true. */
  readonly bias?: boolean;
  /** Whether it stays in float32 in every precision. Default false. */
  readonly exact?: boolean;
}

/**
 * x [batch, in, height, width]. Weights: `weight` [out, in, kernel, kernel] and `bias` [out]. Where the weights have the kernels in eight
 * bits, x is rounded to eight bits too.
 */
export function conv2d(g: GraphBuilder, x: Value, options: Conv2dOptions): Value {
  const { in: input, out, kernel, stride = 1, padding = 0, exact } = options ?? {};
  need("conv2d", aValue, { x });
  need("conv2d", count, { in: input, out, kernel, stride });
  const pads =
    typeof padding === "number" ? ([padding, padding, padding, padding] as const) : padding;
  const shape = [out, input, kernel, kernel];
  const quantized = exact ? undefined : g.quantized("weight", shape);
  // Blocks are of a matrix's rows: kernels have none.
  const kernels = quantized?.precision === "int8" ? quantized : undefined;
  const weight = kernels ? undefined : g.weight("weight", shape);
  const bias = options.bias === false ? undefined : g.weight("bias", [out]);
  if (kernels) return int8Conv2d(g, x, kernels, { in: input, out, kernel, stride, pads }, bias);
  return g.node("Conv", bias ? [x, weight, bias] : [x, weight], {
    kernel_shape: [kernel, kernel],
    strides: [stride, stride],
    pads,
  });
}
