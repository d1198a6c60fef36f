import type { ModelListing } from "@kindred/core";

/** A model's configs and tokenizer: JSON and texts at its root, and the configs of its modules. */
export function smallFiles({ files }: ModelListing): readonly string[] {
  return files.filter((file) => /^[^/]+\.(json|txt)$|\/config\.json$/.test(file));
}
