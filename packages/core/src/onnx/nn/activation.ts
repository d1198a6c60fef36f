import type { GraphBuilder } from "../graph.ts";
import { aValue, need } from "../need.ts";
import type { Value } from "../value.ts";

const domain = "com.microsoft";

/** x · Φ(x), exactly (by erf): "gelu". */
export function gelu(g: GraphBuilder, x: Value): Value {
  need("gelu", aValue, { x });
  return g.node("Gelu", [x], {}, { domain });
}

/** The tanh approximation of gelu: "gelu_new", "gelu_pytorch_tanh". */
export function geluTanh(g: GraphBuilder, x: Value): Value {
  need("geluTanh", aValue, { x });
  return g.node("FastGelu", [x], {}, { domain });
}

/** x · σ(1.702 x): "quick_gelu". */
export function quickGelu(g: GraphBuilder, x: Value): Value {
  need("quickGelu", aValue, { x });
  return g.node("QuickGelu", [x], { alpha: 1.702 }, { domain });
}

/** x · σ(x): "silu", "swish". */
export function silu(g: GraphBuilder, x: Value): Value {
  need("silu", aValue, { x });
  return g.node("QuickGelu", [x], { alpha: 1 }, { domain });
}
