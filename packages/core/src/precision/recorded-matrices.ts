import { join } from "node:path";
import { elementCount } from "../onnx/index.ts";
import type { OverNorm, RoundedPrecision, Rounding, Weights } from "../onnx/index.ts";
import type { Matrix, Norm, StoredVector } from "./matrix.ts";

/** Types that can be rounded. */
const types: ReadonlySet<string> = new Set(["F32", "F16", "BF16"]);

/**
 * The matrices that a graph would take in a precision, in the order in which it asks for them. `build` builds it over weights. Where rows
 * share a scale, none is smoothed. Convolutions are among them in "int8" where rows share a scale, and stay as they are otherwise.
 */
export function recordedMatrices(
  weights: Weights,
  build: (weights: Weights) => unknown,
  precision: RoundedPrecision,
  rounding: Rounding,
): readonly Matrix[] {
  const matrices = new Map<string, Matrix>();
  build({
    ...weights,
    quantized(name, shape, over) {
      const tensor = weights.get(name, shape);
      if (!tensor?.file || !types.has(tensor.dtype) || matrices.has(name)) return undefined;
      // Rows of a convolution overlap: none has a scale of its own.
      if (shape.length > 2 && !(precision === "int8" && rounding === "run")) return undefined;
      const [output = 0, channels = 0, ...kernel] = shape;
      const taps = elementCount(kernel);
      const { dtype, offset, length, file } = tensor;
      const path = join(weights.folder, tensor.location);
      const of = over && rounding === "row" ? normOf(weights, over) : undefined;
      matrices.set(name, {
        name,
        precision,
        shape: [output, channels * taps],
        taps,
        dtype,
        path,
        offset,
        length,
        file,
        ...(of && { norm: of }),
      });
      return undefined;
    },
  });
  return [...matrices.values()];
}

function normOf(weights: Weights, { weight, bias, group }: OverNorm): Norm | undefined {
  const [scale, shift] = [weight, bias].map((name) => name && vectorOf(weights, name));
  if (!scale) return undefined;
  return { name: group, weight: scale, ...(shift && { bias: shift }) };
}

function vectorOf(weights: Weights, name: string): StoredVector | undefined {
  const tensor = weights.get(name);
  if (!tensor || !types.has(tensor.dtype)) return undefined;
  const { dtype, offset, length } = tensor;
  return { dtype, offset, length, path: join(weights.folder, tensor.location) };
}
