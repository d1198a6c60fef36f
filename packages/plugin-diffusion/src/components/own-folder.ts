import { KernelError } from "@kindred/core";
import type { LaunchListing } from "@kindred/core";
import { weightFiles } from "./component-weights.ts";
import type { Component } from "./component.ts";

/** A network in a folder of its own, as diffusers' `save_pretrained` writes it. */
export const ownFolder: Component = { folder: "", stem: "diffusion_pytorch_model" };
export const configFile = "config.json";

/** What a folder must hold, for messages. */
export interface Wanted {
  /** diffusers' class: "ControlNetModel". */
  readonly className: string;
  /** What else a model without a config is not, as a clause. Default: nothing. */
  readonly otherwise?: string;
  /** A sentence. */
  readonly advice: string;
}

/** The files of a network of diffusers' in a folder of its own. LOAD_FAILED when the folder holds another, or none. */
export function ownFiles(
  model: LaunchListing,
  { className, otherwise = "", advice }: Wanted,
  variant: string | undefined,
): readonly string[] {
  const config = model.json(configFile);
  if (!config) throw refused(`It has no ${configFile}${otherwise}. ${advice}`);
  if (config._class_name !== className) {
    const found = String(config._class_name ?? "no class");
    throw refused(`Its ${configFile} names ${found}, and not ${className}. ${advice}`);
  }
  const named = { ...model, id: model.names[0] ?? model.id };
  return [configFile, ...weightFiles(named, ownFolder, variant)];
}

function refused(message: string): KernelError {
  return new KernelError("LOAD_FAILED", message);
}
