import { cast, concat, mul, normalize, unsqueeze } from "@kindred/core/onnx";
import type { GraphBuilder, Value } from "@kindred/core/onnx";

/**
 * How a text's token states become one vector: "cls" takes the first token's, "mean" their mean, "max" the largest number
 * of each column. Padding does not count.
 */
export type PoolingMode = "cls" | "mean" | "max";

/** The way from token states to a text's vector. */
export interface Pooling {
  /** At least one; the vectors of several are put one after the other. */
  readonly modes: readonly PoolingMode[];
  /** Brings the whole vector to unit length (L2). */
  readonly normalize: boolean;
}

/**
 * Pools token states x, float32 [batch, tokens, width], to vectors [batch, modes · width]. The mask, int64 [batch, tokens],
 * has 1 for tokens and 0 for padding. An architecture's graph ends with it.
 */
export function pool(g: GraphBuilder, x: Value, mask: Value, pooling: Pooling): Value {
  const [first, ...others] = pooling.modes.map((mode) => poolings[mode](g, x, mask));
  const vector = first && others.length ? concat(g, [first, ...others], 1) : first;
  return pooling.normalize ? normalize(g, vector!) : vector!;
}

const poolings: Record<PoolingMode, (g: GraphBuilder, x: Value, mask: Value) => Value> = {
  cls: (g, x) => g.node("Gather", [x, g.int64([0], [])], { axis: 1 }),

  mean(g, x, mask) {
    const weights = unsqueeze(g, cast(g, mask, "float32"), [2]);
    const sum = sumOver(g, mul(g, x, weights));
    return g.node("Div", [sum, sumOver(g, weights)]);
  },

  max(g, x, mask) {
    const real = unsqueeze(g, cast(g, mask, "bool"), [2]);
    const states = g.node("Where", [real, x, g.float32([-Infinity], [])]);
    return g.node("ReduceMax", [states, g.int64([1])], { keepdims: 0 });
  },
};

/** The sum over the tokens. */
function sumOver(g: GraphBuilder, x: Value): Value {
  return g.node("ReduceSum", [x, g.int64([1])], { keepdims: 0 });
}
