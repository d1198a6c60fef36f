/** A symbolic tensor: what a graph's input, weight, constant or node gives, by its name in the graph. */
export interface Value {
  readonly name: string;
}
