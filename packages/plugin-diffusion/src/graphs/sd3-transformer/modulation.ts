import { add, layerNorm, linear, mul, split, unsqueeze } from "@kindred/core/onnx";
import type { GraphBuilder, Value } from "@kindred/core/onnx";

const epsilon = 1e-6;

/** The widths of a transformer's tokens and what tells it the time and the pooled text. */
export interface Modulated {
  readonly width: number;
  /** After a SiLU: float32 [batch, width]. */
  readonly condition: Value;
}

/** `count` vectors [batch, 1, width] made of the condition (adaLN, arXiv 2212.09748). Weights: `linear`. */
export function modulation(
  g: GraphBuilder,
  { width, condition }: Modulated,
  count: number,
): readonly Value[] {
  const all = linear(g.at("linear"), condition, width, count * width);
  return split(g, unsqueeze(g, all, [1]), count, 2);
}

/** The layer norm of x [batch, tokens, width], without weights. */
export function plainNorm(g: GraphBuilder, x: Value, width: number): Value {
  return layerNorm(g, x, width, epsilon, { affine: false });
}

/** normed · (1 + scale) + shift */
export function modulate(g: GraphBuilder, normed: Value, shift: Value, scale: Value): Value {
  return add(g, mul(g, normed, add(g, scale, g.float32([1]))), shift);
}

/** A norm that the condition scales and shifts: diffusers' `AdaLayerNormContinuous`. Weights: `linear`. */
export function continuousNorm(g: GraphBuilder, x: Value, modulated: Modulated): Value {
  const [scale, shift] = modulation(g, modulated, 2);
  return modulate(g, plainNorm(g, x, modulated.width), shift!, scale!);
}
