/** A symbolic tensor of a graph: the result of an input, weight, constant or node, by its name in the graph. */
export interface Value {
  readonly name: string;
}

/** A matrix in eight bits, as a graph sees it. */
export type QuantizedValue = RunQuantizedValue | RowQuantizedValue;

interface QuantizedMatrix {
  /** int8 [input, output]; of a convolution [height · width · input, output] */
  readonly values: Value;
  /** float32 [output] */
  readonly scales: Value;
}

/** All inputs of a run share a scale. */
export interface RunQuantizedValue extends QuantizedMatrix {
  readonly rounding: "run";
}

/** Each row of the inputs has a scale of its own. */
export interface RowQuantizedValue extends QuantizedMatrix {
  readonly rounding: "row";
  /** float32 [1, output] */
  readonly sums: Value;
  /** float32 [input] */
  readonly smoothing?: Value;
}
