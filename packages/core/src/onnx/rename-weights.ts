import { KernelError } from "../errors.ts";
import type { Weights } from "./weights.ts";

/**
 * The same tensors under the names that `rename` gives them, for checkpoints whose names alone differ from the graph's: a
 * "bert." in front, "gamma" for "weight". LOAD_FAILED when two tensors get one name.
 */
export function renameWeights(weights: Weights, rename: (stored: string) => string): Weights {
  const originals = new Set(weights.names);
  const stored = new Map<string, string>();
  for (const name of weights.names) {
    const renamed = rename(name);
    const other = stored.get(renamed);
    if (other !== undefined) {
      const message = `The weights "${other}" and "${name}" in "${weights.folder}" would both be "${renamed}". Rename them apart.`;
      throw new KernelError("LOAD_FAILED", message);
    }
    stored.set(renamed, name);
  }
  return {
    folder: weights.folder,
    names: [...stored.keys()],
    get: (name, expected) => {
      const original = stored.get(name);
      if (original === undefined && originals.has(name)) return undefined;
      // A checkpoint that is being synthesized has no names yet: it takes every name that it is asked for.
      return weights.get(original ?? name, expected);
    },
    ...(weights.quantized && {
      quantized: (name, shape, over) => {
        const original = (each: string) => stored.get(each) ?? each;
        const { bias } = over ?? {};
        const named = over && {
          ...over,
          weight: original(over.weight),
          ...(bias !== undefined && { bias: original(bias) }),
        };
        return weights.quantized!(original(name), shape, named);
      },
    }),
  };
}
