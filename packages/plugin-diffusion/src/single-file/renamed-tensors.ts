import type { TensorFacts } from "@kindred/core";
import type { Weights } from "@kindred/core/onnx";
import type { StoredName } from "./names.ts";

/** Tensors by name, as a header describes them. */
export type Tensors = ReadonlyMap<string, TensorFacts>;

/** The same tensors under other names. Tensors of other components are left out. */
export function renamedTensors(tensors: Tensors, names: ReadonlyMap<string, StoredName>): Tensors {
  const found = Array.from(names, ([name, { stored, part }]) => {
    const { dtype, shape } = tensors.get(stored)!;
    const [rows = 0, ...rest] = shape;
    return [name, { dtype, shape: part ? [rows / part.of, ...rest] : shape }] as const;
  });
  return new Map(found);
}

/** The weights of one component under other names: each a reference to all or a part of the stored bytes. */
export function renamedWeights(weights: Weights, names: ReadonlyMap<string, StoredName>): Weights {
  return {
    folder: weights.folder,
    names: [...names.keys()],
    get(name) {
      const { stored, part } = names.get(name) ?? {};
      const tensor = stored === undefined ? undefined : weights.get(stored);
      if (tensor === undefined || part === undefined) return tensor;
      const [rows = 0, ...rest] = tensor.shape;
      const length = tensor.length / part.of;
      const offset = tensor.offset + part.index * length;
      return { ...tensor, shape: [rows / part.of, ...rest], offset, length };
    },
  };
}
