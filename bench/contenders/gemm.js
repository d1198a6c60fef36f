import { graph } from "@kindred/core/onnx";
import { InferenceSession, Tensor } from "onnxruntime-node";

const size = 1024;
const nothing = { folder: "/", names: [], get: () => undefined };

/** onnxruntime's own MatMul, 1024 × 1024 × 1024 in float32. Its speed is this machine's GEMM peak. */
export async function open() {
  const g = graph("gemm", nothing);
  const a = g.input("a", "float32", [size, size]);
  const b = g.input("b", "float32", [size, size]);
  const { model } = g.output("c", g.node("MatMul", [a, b])).build();
  const session = await InferenceSession.create(model, {
    logSeverityLevel: 3,
    intraOpNumThreads: 2,
  });
  const values = Float32Array.from({ length: size ** 2 }, (_, i) => Math.sin(i));
  const matrix = () => new Tensor("float32", values, [size, size]);
  return {
    flops: 2 * size ** 3,
    one: () => session.run({ a: matrix(), b: matrix() }),
  };
}
