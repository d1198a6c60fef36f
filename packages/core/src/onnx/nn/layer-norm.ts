import type { GraphBuilder } from "../graph.ts";
import { aValue, count, finite, need } from "../need.ts";
import type { Value } from "../value.ts";

export interface LayerNormOptions {
  /** Whether it has the weights `weight` and `bias`: torch's `elementwise_affine`. Default true. */
  readonly affine?: boolean;
  /** Whether it has the weight `bias` beside `weight`. Default true. */
  readonly bias?: boolean;
}

/** Normalises the last dim of x. Weights: `weight` [width] and `bias` [width]. */
export function layerNorm(
  g: GraphBuilder,
  x: Value,
  width: number,
  epsilon: number,
  options: LayerNormOptions = {},
): Value {
  need("layerNorm", aValue, { x });
  need("layerNorm", count, { width });
  need("layerNorm", finite, { epsilon });
  const affine =
    options.affine === false
      ? [g.float32(Array<number>(width).fill(1))]
      : [
          g.weight("weight", [width]),
          ...(options.bias === false ? [] : [g.weight("bias", [width])]),
        ];
  const y = g.node("LayerNormalization", [x, ...affine], { axis: -1, epsilon });
  return options.affine === false ? y : g.normalized(y);
}
