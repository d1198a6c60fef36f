import type { GraphBuilder } from "../graph.ts";
import { aValue, count, finite, need } from "../need.ts";
import type { Value } from "../value.ts";
import { add } from "./arithmetic.ts";
import { layerNorm } from "./layer-norm.ts";

export interface SkipLayerNormOptions {
  readonly width: number;
  readonly epsilon: number;
}

/** The layer norm of x + skip. Weights: `weight` [width] and `bias` [width]. */
export function skipLayerNorm(
  g: GraphBuilder,
  x: Value,
  skip: Value,
  options: SkipLayerNormOptions,
): Value {
  const { width, epsilon } = options ?? {};
  need("skipLayerNorm", aValue, { x, skip });
  need("skipLayerNorm", count, { width });
  need("skipLayerNorm", finite, { epsilon });
  // onnxruntime's one operator for both takes several times as long on the CPU.
  return layerNorm(g, add(g, x, skip), width, epsilon);
}
