import type { BlockValue } from "./blocks.ts";
import type { Rounding } from "./weights.ts";

/** A symbolic tensor of a graph: the result of an input, weight, constant or node, by its name in the graph. */
export interface Value {
  readonly name: string;
}

/** A matrix in fewer bits, as a graph sees it. */
export type QuantizedValue = Int8Value | BlockValue;

/** A matrix in eight bits, as a graph sees it. */
export interface Int8Value {
  readonly precision: "int8";
  /** int8 [input, output] */
  readonly values: Value;
  /** float32 [output] */
  readonly scales: Value;
  /** float32 [1, output] */
  readonly sums: Value;
  readonly rounding: Rounding;
  /** float32 [input] */
  readonly smoothing?: Value;
}
