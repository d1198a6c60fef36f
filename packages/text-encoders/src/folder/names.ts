import type { Checkpoint, ModelListing } from "@kindred/core";

/** A folder's names: those that its source knows, and the model that it was made from by its `config.json`. */
export function namesOf(model: ModelListing): readonly string[] {
  const original = originalName(model);
  return original === undefined ? model.names : [...model.names, original];
}

/**
 * The checkpoint that a folder was made from by its `config.json`, whatever its case: converted or trained further, it has the
 * original's prompts.
 */
export function originalOf<C extends Checkpoint>(
  model: ModelListing,
  checkpoints: readonly C[],
): C | undefined {
  const original = originalName(model)?.toLowerCase();
  return checkpoints.find(({ repo }) => repo.toLowerCase() === original);
}

/** The model that transformers loaded before it saved this folder: a repository, or a path on its author's machine. */
function originalName(model: ModelListing): string | undefined {
  const name: unknown = model.json("config.json")?._name_or_path;
  return typeof name === "string" && name !== "" ? name : undefined;
}
