import type { FoundModel } from "../model-source.ts";
import type { Hub } from "./hub-name.ts";
import type { LockedModel } from "./models-lock.ts";

/** Where `hubSource` found a model. */
export interface HubOrigin {
  readonly hub: Hub;
  /** "owner/name". */
  readonly repo: string;
  /** The commit, branch or tag that was asked for. */
  readonly revision: string;
  /** 40 hexadecimal digits; for ModelScope the hash of its listing. Absent where only another client's folder has it. */
  readonly commit?: string;
  /** Absolute path of the repository's folder in the cache, `models--owner--name`. */
  readonly folder: string;
  /**
   * What a lock says of it: its JSON files that tell families apart, and these files. Absent where only the cache was asked, which does
   * not have every file's hash. LOAD_FAILED for a file of which the hub has no hash.
   */
  readonly locked?: (files: readonly string[]) => LockedModel;
}

/** A model of which a repository is known. */
export interface HubModel extends FoundModel {
  readonly hub: HubOrigin;
}

/** Where `hubSource` found a model; undefined for a model of another source, such as a folder. */
export function hubOrigin(found: FoundModel): HubOrigin | undefined {
  return "hub" in found ? (found as HubModel).hub : undefined;
}
