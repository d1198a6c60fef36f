import { cast, concat, mul, normalize, unsqueeze } from "@kindred/core/onnx";
import type { GraphBuilder, Value } from "@kindred/core/onnx";

/** How a text's token states become one vector: the first token's, their mean, or the largest number of each column. */
export type PoolingMode = "cls" | "mean" | "max";

export interface Pooling {
  /** Several are put one after the other. */
  readonly modes: readonly PoolingMode[];
  /** Brings vectors to unit length. */
  readonly normalize: boolean;
}

/** Token states x [batch, tokens, width] and their mask [batch, tokens] to vectors [batch, modes · width]. */
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

/** Over the tokens. */
function sumOver(g: GraphBuilder, x: Value): Value {
  return g.node("ReduceSum", [x, g.int64([1])], { keepdims: 0 });
}
