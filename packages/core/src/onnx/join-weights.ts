import { join, relative } from "node:path";
import type { Weights } from "./weights.ts";
import { commonFolder } from "./common-folder.ts";

/**
 * A checkpoint together with others that lie in files of their own, such as the weights of its heads: the tensors of each of
 * `others` are called by its key, "sparse_linear.weight", and hide tensors of the checkpoint's own of these names. LOAD_FAILED when
 * the files lie on different drives.
 */
export function joinWeights(own: Weights, others: Readonly<Record<string, Weights>>): Weights {
  const parts = Object.entries(others).map(([key, weights]) => ({ prefix: `${key}.`, weights }));
  if (parts.length === 0) return own;
  // A folder's files may be links to files elsewhere, so that each part knows another folder.
  const folders = [own, ...parts.map(({ weights }) => weights)].map(({ folder }) => folder);
  const folder = commonFolder(folders.map((each) => join(each, "file")));
  const partOf = (name: string) => parts.find(({ prefix }) => name.startsWith(prefix));
  return {
    folder,
    names: [
      ...own.names.filter((name) => !partOf(name)),
      ...parts.flatMap(({ prefix, weights }) => weights.names.map((name) => prefix + name)),
    ],
    get(name, expected) {
      const { prefix = "", weights = own } = partOf(name) ?? {};
      const tensor = weights.get(name.slice(prefix.length), expected);
      return (
        tensor && { ...tensor, location: relative(folder, join(weights.folder, tensor.location)) }
      );
    },
  };
}
