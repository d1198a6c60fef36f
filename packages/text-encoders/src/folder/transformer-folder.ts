import { join } from "node:path/posix";
import type { LaunchListing, ModelListing } from "@kindred/core";
import { transformerPath } from "./modules.ts";

/** The folder of a model's Transformer module, listed as if it were the model's: its config, tokenizer and weights. */
export type TransformerFolder<Listing extends ModelListing = LaunchListing> = Listing & {
  /** Its path in the model's folder: "0_Transformer". Mostly it is that folder itself: "". */
  readonly directory: string;
};

/** Follows `modules.json` to the Transformer's files. Models that sentence-transformers saved before its version 3 keep them apart. */
export function transformerFolder<Listing extends ModelListing>(
  model: Listing,
): TransformerFolder<Listing> {
  const directory = transformerPath(model);
  if (directory === "") return { ...model, directory };
  const prefix = `${directory}/`;
  const files = model.files.filter((file) => file.startsWith(prefix));
  return {
    ...model,
    directory,
    files: files.map((file) => file.slice(prefix.length)),
    json: (file) => model.json(prefix + file),
    ...(model.header && { header: (file: string) => model.header!(prefix + file) }),
  };
}

/** Files of the Transformer's folder as the model's folder has them. */
export function inModel(
  { directory }: Pick<TransformerFolder, "directory">,
  files: readonly string[],
): readonly string[] {
  return files.map((file) => join(directory, file));
}
