import type { LaunchListing, LoadContext, ModelListing } from "@kindred/core";
import type { DiffusionComponents } from "../diffusion-model.ts";
import type { ComponentName, DiffusionOptions } from "../request/launch-options.ts";

/**
 * The networks that a folder holds, and how they draw together. A folder's own files choose it, also when the launch names
 * a family: a family is facts about models of the same architecture.
 */
export interface Architecture {
  /** kebab-case, for messages. */
  readonly name: string;
  /** The pipeline classes that it serves, as `_class_name` of `model_index.json` has them. */
  readonly pipelines: readonly string[];
  /**
   * Says why the components of such a folder, by their configs, are not this architecture's, as a clause: "its UNet takes
   * 9 channels". undefined when they are.
   */
  mismatch(model: ModelListing): string | undefined;
  /** Components that it can do without. Default: none. */
  readonly optional?: readonly ComponentName[];
  /** The files that `open` reads, each weight once. LOAD_FAILED names one that is missing. */
  files(model: LaunchListing, options: DiffusionOptions): readonly string[];
  /** Declares graphs and opens tokenizers. LOAD_FAILED names what of the folder is wrong or cannot be served. */
  open(context: LoadContext<DiffusionOptions>): Promise<DiffusionComponents>;
}
