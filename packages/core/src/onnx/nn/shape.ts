import type { TensorType } from "../../graph.ts";
import { elementTypes } from "../element-type.ts";
import type { GraphBuilder } from "../graph.ts";
import type { Value } from "../value.ts";

/** The dims of x, int64 [rank]. */
export function shapeOf(g: GraphBuilder, x: Value): Value {
  return g.node("Shape", [x]);
}

/** x in another shape. A dim of -1 is inferred and one of 0 is kept from x. The shape may also be an int64 Value [rank]. */
export function reshape(g: GraphBuilder, x: Value, shape: readonly number[] | Value): Value {
  return g.node("Reshape", [x, "name" in shape ? shape : g.int64(shape)]);
}

/** Dim i of the result is dim `order[i]` of x. */
export function transpose(g: GraphBuilder, x: Value, order: readonly number[]): Value {
  return g.node("Transpose", [x], { perm: order });
}

export interface SliceOptions {
  readonly start: number;
  /** Exclusive. Negative counts from the end. Default: the end. */
  readonly end?: number;
  /** Default 0. */
  readonly axis?: number;
}

export function slice(g: GraphBuilder, x: Value, options: SliceOptions): Value {
  const { start, end = Number.MAX_SAFE_INTEGER, axis = 0 } = options;
  return g.node("Slice", [x, g.int64([start]), g.int64([end]), g.int64([axis])]);
}

export function concat(g: GraphBuilder, values: readonly Value[], axis: number): Value {
  return g.node("Concat", values, { axis });
}

/** x in `count` equal parts along an axis. */
export function split(g: GraphBuilder, x: Value, count: number, axis: number): readonly Value[] {
  return g.nodes("Split", [x], { axis, num_outputs: count }, { outputs: count });
}

/** x with dims of 1 at these axes of the result. */
export function unsqueeze(g: GraphBuilder, x: Value, axes: readonly number[]): Value {
  return g.node("Unsqueeze", [x, g.int64(axes)]);
}

export function cast(g: GraphBuilder, x: Value, type: TensorType): Value {
  return g.node("Cast", [x], { to: elementTypes[type] });
}
