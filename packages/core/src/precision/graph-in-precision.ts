import { basename, dirname } from "node:path";
import { token } from "../services.ts";
import type { Token } from "../services.ts";
import type { LoadContext } from "../family.ts";
import { openSafetensors } from "../onnx/index.ts";
import type { BuiltGraph, Precision, Rounding, Weights } from "../onnx/index.ts";
import { QuantizedStore } from "./quantized-store.ts";
import { recordedMatrices } from "./recorded-matrices.ts";
import { withQuantized } from "./with-quantized.ts";

/** Keeps matrices in fewer bits. Default: a `QuantizedStore` in the user's data folder. */
export const quantizedStore: Token<QuantizedStore> = token("quantized-store", new QuantizedStore());

/**
 * A graph over weights in a precision: `build` builds it, once or twice. Other than in "float32", every matrix that the graph's `linear`s multiply
 * by is rounded, off the main thread, unless an earlier launch has done so; the context hears how far that has come.
 * `rounding` says what of their inputs shares a scale in "int8", by default each row by itself. LOAD_FAILED when they cannot be kept, or a
 * weight is not of finite numbers.
 */
export async function graphInPrecision(
  context: Pick<LoadContext, "get" | "signal" | "onEvent" | "use">,
  precision: Precision,
  weights: Weights,
  build: (weights: Weights) => BuiltGraph,
  rounding: Rounding = "row",
): Promise<BuiltGraph> {
  if (precision === "float32") return build(weights);
  const matrices = recordedMatrices(weights, build, precision, rounding);
  if (matrices.length === 0) return build(weights);
  const total = matrices.reduce((sum, { length }) => sum + length, 0);
  const path = await context.get(quantizedStore).file(matrices, {
    signal: context.signal,
    use: (resource) => context.use(resource),
    onProgress: (done) => context.onEvent({ what: `weights in ${precision}`, done, total }),
  });
  const stored = await openSafetensors(dirname(path), basename(path));
  return build(withQuantized(weights, stored, { precision, rounding }));
}
