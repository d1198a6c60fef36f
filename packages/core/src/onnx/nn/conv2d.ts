import type { GraphBuilder } from "../graph.ts";
import { aValue, count, need } from "../need.ts";
import type { Value } from "../value.ts";

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
}

/** x [batch, in, height, width]. Weights: `weight` [out, in, kernel, kernel] and `bias` [out]. */
export function conv2d(g: GraphBuilder, x: Value, options: Conv2dOptions): Value {
  const { in: input, out, kernel, stride = 1, padding = 0, bias = true } = options ?? {};
  need("conv2d", aValue, { x });
  need("conv2d", count, { in: input, out, kernel, stride });
  const inputs = [x, g.weight("weight", [out, input, kernel, kernel])];
  if (bias) inputs.push(g.weight("bias", [out]));
  return g.node("Conv", inputs, {
    kernel_shape: [kernel, kernel],
    strides: [stride, stride],
    pads: typeof padding === "number" ? Array<number>(4).fill(padding) : padding,
  });
}
