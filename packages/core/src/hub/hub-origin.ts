import type { FoundModel } from "../model-source.ts";

/** Where `hubSource` found a model. */
export interface HubOrigin {
  /** "owner/name". */
  readonly repo: string;
  /** The commit, branch or tag that was asked for. */
  readonly revision: string;
  /** 40 hexadecimal digits. */
  readonly commit: string;
  /** Absolute path of the repository's folder in the cache, `models--owner--name`. */
  readonly folder: string;
}

/** A model of which a repository is known. */
export interface HubModel extends FoundModel {
  readonly hub: HubOrigin;
}

/** Where `hubSource` found a model; undefined for a model of another source, such as a folder. */
export function hubOrigin(found: FoundModel): HubOrigin | undefined {
  return "hub" in found ? (found as HubModel).hub : undefined;
}
