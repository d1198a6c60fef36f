import type { ModelListing } from "@kindred/core";
import { unservedFile } from "../single-file/unserved-file.ts";
import { unservedPart } from "./unserved-part.ts";
import { unservedPipeline } from "./unserved-pipeline.ts";

/** A model that is known and not served. */
export interface Unserved {
  /** Says what it is, as a clause: "is a ControlNet". */
  readonly what: string;
  /** Says what to do, as sentences. */
  readonly advice: string;
}

/** Names a model that has to do with diffusion and that no architecture serves. undefined for any other. */
export function unserved(model: ModelListing): Unserved | undefined {
  return unservedPipeline(model) ?? unservedFile(model) ?? unservedPart(model);
}
