import type { ModelListing } from "@kindred/core";
import { inModel } from "./transformer-folder.ts";
import type { TransformerFolder } from "./transformer-folder.ts";

/** A model's configs and tokenizer: JSON and texts at its root and in its Transformer's folder, and the configs of its modules. */
export function smallFiles(
  { files }: ModelListing,
  transformer: TransformerFolder,
): readonly string[] {
  const atRoot = (file: string): boolean => /^[^/]+\.(json|txt)$/.test(file);
  const own = files.filter((file) => atRoot(file) || file.endsWith("/config.json"));
  return [...new Set([...own, ...inModel(transformer, transformer.files.filter(atRoot))])];
}
