import type { Checkpoint, Claim } from "./family.ts";
import type { ModelListing } from "./model-source.ts";

/**
 * A family as a table of facts. Plugins whose families differ by facts alone make a `ModelFamily` of such a table by a
 * function `asModelFamily`, as plugin-embedding and plugin-diffusion do.
 */
export interface FamilyFacts<Architecture, Defaults extends object> {
  /** kebab-case, unique in a kernel. */
  readonly name: string;
  /** Whether a model is of this family: see `ModelFamily.match`. Asked for models of the plugin's kind only. */
  match(model: ModelListing): Claim;
  /** Published models known by name. Default: none. */
  readonly checkpoints?: readonly Checkpoint<Defaults>[];
  /** The networks that its models may have; a folder's configs choose among them. Default: all that the plugin has. */
  readonly architectures?: readonly Architecture[];
  /** Holds where a model's files, its launch and the request say nothing. A checkpoint's own `defaults` win, each by itself. */
  readonly defaults: Defaults;
}
