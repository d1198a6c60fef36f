import { KernelError } from "@kindred/core";
import type { ModelListing } from "@kindred/core";
import { modulesOf } from "@kindred/text-encoders";
import { isSaved } from "./saved-settings.ts";

/** LOAD_FAILED when CrossEncoder saved a folder of more modules than a Transformer, whose scores are then not the model's. */
export function checkModules(model: ModelListing): void {
  if (!isSaved(model)) return;
  const other = modulesOf(model)?.find(({ kind }) => kind !== "Transformer");
  if (other === undefined) return;
  const message = `modules.json asks for a ${other.kind} module (${other.path}), which is not served in a cross-encoder. A Transformer alone is.`;
  throw new KernelError("LOAD_FAILED", message);
}
