import { join } from "node:path";
import type { Weights } from "../weights.ts";
import type { Matrix } from "./matrix.ts";

/** Types that can be rounded to eight bits. */
const types: ReadonlySet<string> = new Set(["F32", "F16", "BF16"]);

/** The matrices that a graph would take in eight bits, in the order in which it asks for them. `build` builds it over weights. */
export function recordedMatrices(
  weights: Weights,
  build: (weights: Weights) => unknown,
): readonly Matrix[] {
  const matrices = new Map<string, Matrix>();
  build({
    ...weights,
    quantized(name, [output = 0, input = 0]) {
      const tensor = weights.get(name, [output, input]);
      if (!tensor?.file || !types.has(tensor.dtype) || matrices.has(name)) return undefined;
      const { dtype, offset, length, file } = tensor;
      const path = join(weights.folder, tensor.location);
      matrices.set(name, { name, shape: [output, input], dtype, path, offset, length, file });
      return undefined;
    },
  });
  return [...matrices.values()];
}
