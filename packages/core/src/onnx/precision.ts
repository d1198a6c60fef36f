import { elementTypes } from "./element-type.ts";

/**
 * How a model computes with its weights. "float32": as they are stored, exactly. "int8": matrices in eight bits, one scale for each
 * output, multiplied by inputs in eight bits (`Rounding` says what of them shares a scale).
 */
export type Precision = (typeof precisions)[number];

/** All precisions. */
export const precisions = ["float32", "int8"] as const;

/** How a graph holds one element of a weight. */
export interface HeldType {
  /** ONNX's number of the type. */
  readonly elementType: number;
  readonly bytes: number;
}

/** How a weight of a precision is held. */
export function heldType(precision: Precision): HeldType {
  return precision === "int8"
    ? { elementType: elementTypes.int8, bytes: 1 }
    : { elementType: elementTypes.float32, bytes: 4 };
}

/** The least part of a checkpoint's bytes that is held in a precision: a float32 becomes one byte. */
export function leastShareOf(precision: Precision): number {
  return heldType(precision).bytes / heldType("float32").bytes;
}
