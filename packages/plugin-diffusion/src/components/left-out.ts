import { KernelError } from "@kindred/core";
import type { LaunchListing } from "@kindred/core";
import type { ComponentName, DiffusionOptions } from "../request/launch-options.ts";

const components: readonly ComponentName[] = [
  "text_encoder",
  "text_encoder_2",
  "text_encoder_3",
  "transformer",
  "unet",
  "vae",
];

/** Whether a launch or the folder's `model_index.json` leaves a component out. */
export function isLeftOut(
  model: LaunchListing,
  options: DiffusionOptions,
  component: ComponentName,
): boolean {
  if (options[component] === null) return true;
  const named: unknown = model.json("model_index.json")?.[component];
  return Array.isArray(named) && named.length > 0 && named.every((each) => each === null);
}

/** LOAD_FAILED when a component is left out that is not among those that an architecture can do without. */
export function refuseLeftOut(
  model: LaunchListing,
  options: DiffusionOptions,
  optional: readonly ComponentName[] = [],
): void {
  const needed = components.find(
    (each) => !optional.includes(each) && isLeftOut(model, options, each),
  );
  if (needed === undefined) return;
  const where =
    options[needed] === null
      ? `was launched with options: { ${needed}: null }`
      : `has no ${needed} by its model_index.json`;
  const others = optional.length > 0 ? `It can do without ${optional.join(", ")}. ` : "";
  throw new KernelError(
    "LOAD_FAILED",
    `"${model.id}" ${where}, and needs it. ${others}Launch a whole folder, with this component.`,
  );
}
