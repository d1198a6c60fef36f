import type { GraphBuilder } from "../graph.ts";
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
  { width, epsilon }: SkipLayerNormOptions,
): Value {
  // onnxruntime's one operator for both takes several times as long on the CPU.
  return layerNorm(g, add(g, x, skip), width, epsilon);
}
