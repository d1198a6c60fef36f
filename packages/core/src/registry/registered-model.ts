import type { Checkpoint } from "../family.ts";

/** A model that is launched by its name, as it is registered. */
export interface RegisteredModel {
  readonly name: string;
  /** Its task's name. */
  readonly task: string;
  /** Where the model is: what a launch's `source` says. */
  readonly source: string;
  /** Its family's name. Default: the family that recognises the model. */
  readonly family?: string;
  /** Options of its launches. Default: none. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** What its registration said, in the words of who registered it: JSON, which is kept and given back. Default: nothing. */
  readonly spec?: Readonly<Record<string, unknown>>;
}

/** A model that a registry knows. */
export interface KnownModel extends RegisteredModel {
  /** The published model that it is. Absent for one that was registered. */
  readonly checkpoint?: Checkpoint;
}
