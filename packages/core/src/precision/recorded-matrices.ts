import { join } from "node:path";
import type { OverNorm, Rounding, Weights } from "../onnx/index.ts";
import type { Matrix, Norm, StoredVector } from "./matrix.ts";

/** Types that can be rounded to eight bits. */
const types: ReadonlySet<string> = new Set(["F32", "F16", "BF16"]);

/**
 * The matrices that a graph would take in eight bits, in the order in which it asks for them. `build` builds it over weights. Where rows
 * share a scale, none is smoothed; where rows have their own, convolutions stay as they are.
 */
export function recordedMatrices(
  weights: Weights,
  build: (weights: Weights) => unknown,
  rounding: Rounding,
): readonly Matrix[] {
  const matrices = new Map<string, Matrix>();
  build({
    ...weights,
    quantized(name, shape, over) {
      const tensor = weights.get(name, shape);
      if (!tensor?.file || !types.has(tensor.dtype) || matrices.has(name)) return undefined;
      // Rows of a convolution overlap: none has a scale of its own.
      if (shape.length > 2 && rounding === "row") return undefined;
      const [output = 0, channels = 0, ...kernel] = shape;
      const taps = kernel.reduce((product, side) => product * side, 1);
      const { dtype, offset, length, file } = tensor;
      const path = join(weights.folder, tensor.location);
      const of = over && rounding === "row" ? normOf(weights, over) : undefined;
      matrices.set(name, {
        name,
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
