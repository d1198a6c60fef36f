import { elementTypes } from "./element-type.ts";

/**
 * How a model computes with its weights. "float32": as they are stored, exactly. "int8": matrices in eight bits, one scale for each
 * output, multiplied by inputs in eight bits, one scale for each run.
 */
export type Precision = "float32" | "int8";

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
