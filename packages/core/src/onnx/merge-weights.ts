import { join, relative } from "node:path";
import { KernelError } from "../errors.ts";
import { commonFolder } from "./common-folder.ts";
import type { StoredTensor, Weights } from "./weights.ts";

/** Several checkpoints as one: the tensors of each under its prefix, `{ encoder, dense }` giving "encoder.…" and "dense.…". An empty prefix adds nothing. */
export function mergeWeights(parts: Readonly<Record<string, Weights>>): Weights {
  const folder = commonFolder(Object.values(parts).map((part) => part.folder));
  const tensors = new Map<string, StoredTensor>();
  for (const [prefix, part] of Object.entries(parts)) {
    for (const name of part.names) {
      const tensor = part.get(name)!;
      const location = relative(folder, join(part.folder, tensor.location));
      const merged = prefix === "" ? name : `${prefix}.${name}`;
      if (tensors.has(merged)) {
        const message = `Two of the checkpoints merged in "${folder}" have a weight "${merged}". Give each its own prefix.`;
        throw new KernelError("LOAD_FAILED", message);
      }
      tensors.set(merged, { ...tensor, location });
    }
  }
  return { folder, names: [...tensors.keys()], get: (name) => tensors.get(name) };
}
