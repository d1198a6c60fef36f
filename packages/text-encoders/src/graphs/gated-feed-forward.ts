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
  const project = (scope: string): Value =>
    linear(g.at(scope), x, width, inner, { bias: false, together: "gated" });
  const gated = mul(g, activation(g, name, project(names.gate)), project(names.up));
  return linear(g.at(names.down), gated, inner, width, { bias: false });
}
