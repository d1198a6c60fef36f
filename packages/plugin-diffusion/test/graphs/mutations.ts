import type { BuiltGraph, Weights } from "@kindred/core/onnx";

/** Weights with two names exchanged. */
export function swapped(weights: Weights, one: string, other: string): Weights {
  const swap = (name: string) =>
    name.includes(one) ? name.replace(one, other) : name.replace(other, one);
  return { ...weights, get: (name, expected) => weights.get(swap(name), expected) };
}

/** A graph whose attention sees the tokens to come. */
export function withoutCausalMask(graph: BuiltGraph): BuiltGraph {
  const model = Buffer.from(graph.model);
  const name = Buffer.from("unidirectional");
  const value = Buffer.from([0x18, 1]); // AttributeProto.i = 1
  for (let at = model.indexOf(name); at !== -1; at = model.indexOf(name, at + 1))
    model[model.indexOf(value, at + name.length) + 1] = 0;
  return { ...graph, model };
}
