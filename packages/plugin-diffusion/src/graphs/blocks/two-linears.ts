import { linear, silu } from "@kindred/core/onnx";
import type { GraphBuilder, Value } from "@kindred/core/onnx";

/** diffusers' `TimestepEmbedding`: x [rows, input] → [rows, width]. Weights: `linear_1`, `linear_2`. */
export function twoLinears(g: GraphBuilder, x: Value, input: number, width: number): Value {
  const inner = linear(g.at("linear_1"), x, input, width);
  return linear(g.at("linear_2"), silu(g, inner), width, width);
}
