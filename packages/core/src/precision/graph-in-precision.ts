import { join, relative } from "node:path";
import { token } from "../services.ts";
import type { Token } from "../services.ts";
import type { LoadContext } from "../family.ts";
import { commonFolder } from "../onnx/common-folder.ts";
import { openSafetensors } from "../onnx/index.ts";
import type { BuiltGraph, Precision, Rounding, StoredTensor, Weights } from "../onnx/index.ts";
import { endings } from "./layout.ts";
import { QuantizedStore } from "./quantized-store.ts";
import { recordedMatrices } from "./recorded-matrices.ts";

/** Keeps matrices in eight bits. Default: a `QuantizedStore` in the user's data folder. */
export const quantizedStore: Token<QuantizedStore> = token("quantized-store", new QuantizedStore());

/**
 * A graph over weights in a precision: `build` builds it, once or twice. For "int8", every matrix that the graph's `linear`s multiply by is
 * rounded to eight bits, off the main thread, unless an earlier launch has done so; the context hears how far that has come.
 * `rounding` says what of their inputs shares a scale, by default each row by itself. LOAD_FAILED when they cannot be kept, or a weight is not of finite numbers.
 */
export async function graphInPrecision(
  context: Pick<LoadContext, "get" | "signal" | "onEvent" | "use">,
  precision: Precision,
  weights: Weights,
  build: (weights: Weights) => BuiltGraph,
  rounding: Rounding = "row",
): Promise<BuiltGraph> {
  if (precision === "float32") return build(weights);
  const matrices = recordedMatrices(weights, build, rounding);
  if (matrices.length === 0) return build(weights);
  const total = matrices.reduce((sum, { length }) => sum + length, 0);
  const path = await context.get(quantizedStore).file(matrices, {
    signal: context.signal,
    use: (resource) => context.use(resource),
    onProgress: (done) => context.onEvent({ what: "weights in int8", done, total }),
  });
  return build(await withQuantized(weights, path, rounding));
}

/** The same weights, with the matrices of a file of the store. */
async function withQuantized(weights: Weights, path: string, rounding: Rounding): Promise<Weights> {
  const stored = await openSafetensors(join(path, ".."), relative(join(path, ".."), path));
  const folder = commonFolder([weights, stored].map((each) => join(each.folder, "file")));
  const placed = (from: Weights, tensor: StoredTensor): StoredTensor => {
    return { ...tensor, location: relative(folder, join(from.folder, tensor.location)) };
  };
  return {
    folder,
    names: weights.names,
    get(name, expected) {
      const tensor = weights.get(name, expected);
      return tensor && placed(weights, tensor);
    },
    quantized(name, _shape, over) {
      const tensor = (asked: string) => {
        const found = stored.get(asked);
        return found && placed(stored, found);
      };
      const values = tensor(name);
      const [scales, sums] = [endings.scales, endings.sums].map((each) => tensor(name + each));
      const smoothing =
        over && rounding === "row" ? tensor(over.group + endings.smoothing) : undefined;
      if (!values || !scales || !sums) return undefined;
      return { values, scales, sums, rounding, ...(smoothing && { smoothing }) };
    },
  };
}
