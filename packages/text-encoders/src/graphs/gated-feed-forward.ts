import { linear, mul } from "@kindred/core/onnx";
import type { GraphBuilder, Value } from "@kindred/core/onnx";
import { activation } from "./activation.ts";

export interface GatedFeedForwardOptions {
  readonly width: number;
  readonly inner: number;
  /** The activation's name, as `hidden_act` has it. */
  readonly activation: string;
  /** The names of its linears, which have no bias. `gate` is the one that is activated. */
  readonly names: Readonly<Record<"gate" | "up" | "down", string>>;
}

/** down(activation(gate(x)) · up(x)), a gated linear unit (Shazeer 2020, arXiv:2002.05202): x [tokens, width] → [tokens, width]. */
export function gatedFeedForward(
  g: GraphBuilder,
  x: Value,
  { width, inner, activation: name, names }: GatedFeedForwardOptions,
): Value {
  const gate = linear(g.at(names.gate), x, width, inner, { bias: false });
  const up = linear(g.at(names.up), x, width, inner, { bias: false });
  const gated = mul(g, activation(g, name, gate), up);
  return linear(g.at(names.down), gated, inner, width, { bias: false });
}
