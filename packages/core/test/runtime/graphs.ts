import type { DeviceLease, GraphSource, Tensor, TensorType } from "@kindred/core";
import { graph } from "@kindred/core/onnx";
import type { StoredTensor, Weights } from "@kindred/core/onnx";

/** A lease without an allocator behind it. */
export function lease(bytes = 1e9): DeviceLease {
  return {
    device: { id: "cpu", provider: "cpu", bytes: 8e9, threads: 1 },
    bytes,
    threads: 1,
    resize: () => true,
    [Symbol.dispose]() {},
  };
}

/** Weights of one tensor, "w", or of none. */
export function weights(stored?: StoredTensor, folder = "/"): Weights {
  return { folder, names: stored ? ["w"] : [], get: (name) => (name === "w" ? stored : undefined) };
}

/** `y` is `x`. */
export function identity(type: TensorType): GraphSource {
  const g = graph("identity", weights());
  return g.output("y", g.node("Identity", [g.input("x", type, ["n"])])).build();
}

/** `sum` and `product` of `x` with itself: two outputs, so that one can be left out. */
export function arithmetic(): GraphSource {
  const g = graph("arithmetic", weights());
  const x = g.input("x", "float32", ["n"]);
  return g
    .output("sum", g.node("Add", [x, x]))
    .output("product", g.node("Mul", [x, x]))
    .build();
}

/** `y` is `x`, `count` times multiplied by itself: a run as long as a test likes. */
export function powers(count: number): GraphSource {
  const g = graph("powers", weights());
  const x = g.input("x", "float32", ["n", "n"]);
  let y = x;
  for (let i = 0; i < count; i++) y = g.node("MatMul", [y, x]);
  return g.output("y", y).build();
}

export function floats(...values: number[]): Tensor {
  return { type: "float32", dims: [values.length], data: Float32Array.from(values) };
}

export function zeros(...dims: number[]): Tensor {
  return { type: "float32", dims, data: new Float32Array(dims.reduce((a, b) => a * b, 1)) };
}
