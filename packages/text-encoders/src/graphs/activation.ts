import { KernelError } from "@kindred/core";
import { gelu, geluTanh, silu } from "@kindred/core/onnx";
import type { GraphBuilder, Value } from "@kindred/core/onnx";

const activations: Readonly<Record<string, (g: GraphBuilder, x: Value) => Value>> = {
  gelu,
  gelu_new: geluTanh,
  gelu_pytorch_tanh: geluTanh,
  relu: (g, x) => g.node("Relu", [x]),
  silu,
  swish: silu,
};

/** Applies the function that `hidden_act` of a `config.json` names. LOAD_FAILED when the name is unknown. */
export function activation(g: GraphBuilder, name: string, x: Value): Value {
  if (Object.hasOwn(activations, name)) return activations[name]!(g, x);
  const names = Object.keys(activations).join(", ");
  throw new KernelError("LOAD_FAILED", `hidden_act "${name}" is not known here; known: ${names}.`);
}
