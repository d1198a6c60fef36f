import { gelu, mul, silu } from "@kindred/core/onnx";
import type { GraphBuilder, Value } from "@kindred/core/onnx";
import type { ActivationName } from "../autoencoder-tiny-config.ts";

export type Activation = (g: GraphBuilder, x: Value) => Value;

export function relu(g: GraphBuilder, x: Value): Value {
  return g.node("Relu", [x]);
}

/** x · tanh(ln(1 + eˣ)). */
function mish(g: GraphBuilder, x: Value): Value {
  return mul(g, x, g.node("Tanh", [g.node("Softplus", [x])]));
}

/** Activations by the names that diffusers has for them. */
export const activations: Readonly<Record<ActivationName, Activation>> = {
  relu,
  silu,
  swish: silu,
  gelu,
  mish,
};
