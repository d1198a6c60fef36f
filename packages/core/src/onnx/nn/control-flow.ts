import type { GraphBuilder } from "../graph.ts";
import { aFunction, aValue, need } from "../need.ts";
import type { Value } from "../value.ts";

/** Two ways to make a value. Each gets the builder that it has to use. */
export interface Branches {
  readonly whenTrue: (g: GraphBuilder) => Value;
  readonly whenFalse: (g: GraphBuilder) => Value;
}

/** The value of `whenTrue` where the condition, bool [], is true, else that of `whenFalse`. A run computes one of them alone. */
export function either(g: GraphBuilder, condition: Value, branches: Branches): Value {
  const { whenTrue, whenFalse } = branches ?? {};
  need("either", aValue, { condition });
  need("either", aFunction, { whenTrue, whenFalse });
  return g.node("If", [condition], {
    then_branch: g.subgraph([], (inner) => [whenTrue(inner)]),
    else_branch: g.subgraph([], (inner) => [whenFalse(inner)]),
  });
}

/**
 * The values that `make` makes of 0, 1 … count − 1, one after the other and behind one another: [count, ...shape of a value]. `count`
 * is int64 [] and at least 1; the index that `make` gets is int64 []. All values have one shape. `make` uses the builder that it gets.
 */
export function forEach(
  g: GraphBuilder,
  count: Value,
  make: (g: GraphBuilder, index: Value) => Value,
): Value {
  need("forEach", aValue, { count });
  need("forEach", aFunction, { make });
  const inputs = [
    { type: "int64", dims: [] },
    { type: "bool", dims: [] },
  ] as const;
  const body = g.subgraph(inputs, (inner, [index, goesOn]) => [goesOn!, make(inner, index!)]);
  return g.node("Loop", [count, undefined], { body });
}
