import { KernelError } from "@kindred/core";
import type { LaunchListing } from "@kindred/core";

/** A JSON file that a model cannot be served without. LOAD_FAILED when it is missing. */
export function requiredJson(model: LaunchListing, file: string): any {
  const config = model.json(file);
  if (config) return config;
  throw new KernelError("LOAD_FAILED", `"${model.id}" has no ${file}. Fetch the whole repository.`);
}
