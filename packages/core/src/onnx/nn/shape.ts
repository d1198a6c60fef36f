import type { TensorType } from "../../graph.ts";
import { elementTypes } from "../element-type.ts";
import type { GraphBuilder } from "../graph.ts";
import {
  aValue,
  count as aCount,
  elementType,
  integer,
  integers,
  need,
  values as aList,
} from "../need.ts";
import type { Value } from "../value.ts";

/** The dims of x, int64 [rank]. */
export function shapeOf(g: GraphBuilder, x: Value): Value {
  need("shapeOf", aValue, { x });
  return g.node("Shape", [x]);
}

/** x in another shape. A dim of -1 is inferred and one of 0 is kept from x. The shape may also be an int64 Value [rank]. */
export function reshape(g: GraphBuilder, x: Value, shape: readonly number[] | Value): Value {
  need("reshape", aValue, { x });
  if (aValue.is(shape)) return g.node("Reshape", [x, shape as Value]);
  need("reshape", integers, { shape });
  return g.node("Reshape", [x, g.int64(shape as readonly number[])]);
}

/** Dim i of the result is dim `order[i]` of x. */
export function transpose(g: GraphBuilder, x: Value, order: readonly number[]): Value {
  need("transpose", aValue, { x });
  need("transpose", integers, { order });
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
  const { start, end = Number.MAX_SAFE_INTEGER, axis = 0 } = options ?? {};
  need("slice", aValue, { x });
  need("slice", integer, { start, end, axis });
  return g.node("Slice", [x, g.int64([start]), g.int64([end]), g.int64([axis])]);
}

export function concat(g: GraphBuilder, values: readonly Value[], axis: number): Value {
  need("concat", aList, { values });
  need("concat", integer, { axis });
  return g.node("Concat", values, { axis });
}

/** x in `count` equal parts along an axis. */
export function split(g: GraphBuilder, x: Value, count: number, axis: number): readonly Value[] {
  need("split", aValue, { x });
  need("split", aCount, { count });
  need("split", integer, { axis });
  return g.nodes("Split", [x], { axis, num_outputs: count }, { outputs: count });
}

/** x with dims of 1 at these axes of the result. */
export function unsqueeze(g: GraphBuilder, x: Value, axes: readonly number[]): Value {
  need("unsqueeze", aValue, { x });
  need("unsqueeze", integers, { axes });
  return g.node("Unsqueeze", [x, g.int64(axes)]);
}

export function cast(g: GraphBuilder, x: Value, type: TensorType): Value {
  need("cast", aValue, { x });
  need("cast", elementType, { type });
  return g.node("Cast", [x], { to: elementTypes[type] });
}
