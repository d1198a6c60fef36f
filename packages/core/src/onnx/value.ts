/** A symbolic tensor of a graph: the result of an input, weight, constant or node, by its name in the graph. */
export interface Value {
  readonly name: string;
}
