import { isInBlocks, partsOfBlocks } from "./blocks.ts";
import { elementCount } from "./element-count.ts";

/**
 * How a model computes with its weights. "float32": as they are stored, exactly. "int8": matrices in eight bits, one scale for each
 * output, multiplied by inputs in eight bits (`Rounding` says what of them shares a scale). "weight-int8" and "weight-int4": matrices in
 * eight or four bits, with a scale and a zero for each 32 neighbours of a row, multiplied by inputs in float32.
 */
export type Precision = (typeof precisions)[number];

/** All precisions, the most exact first. */
export const precisions = ["float32", "weight-int8", "int8", "weight-int4"] as const;

/** A precision whose matrices are rounded. */
export type RoundedPrecision = Exclude<Precision, "float32">;

/** A precision that holds matrices in blocks. */
export type BlockPrecision = Exclude<RoundedPrecision, "int8">;

/** What a launch asks for: a precision, or "auto", the most exact one that fits the device's memory. */
export type PrecisionChoice = Precision | "auto";

/** All that a launch may ask for. */
export const precisionChoices: readonly PrecisionChoice[] = [...precisions, "auto"];

/** Bytes of a weight of this shape, [output, …], as a graph of a precision holds it. */
export function heldBytes(precision: Precision, shape: readonly number[]): number {
  const elements = elementCount(shape);
  if (!isInBlocks(precision)) return precision === "int8" ? elements : 4 * elements;
  const [output = 1, ...input] = shape;
  const parts = Object.values(partsOfBlocks([output, elementCount(input)], precision));
  return parts.reduce((sum, part) => sum + elementCount(part.shape) * part.bytes, 0);
}

/** The least part of a checkpoint's bytes that is held where a launch asks for this: a float32 becomes one byte in "int8". */
export function leastShareOf(choice: PrecisionChoice): number {
  if (choice === "auto") return Math.min(...precisions.map(leastShareOf));
  // Two blocks: a byte has the zeros of two blocks of four bits.
  const shape = [1, 64];
  return heldBytes(choice, shape) / heldBytes("float32", shape);
}
