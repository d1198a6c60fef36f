/** What a launch would take, before anything large of it is fetched. */
export interface LaunchPlan {
  readonly id: string;
  /** The name of the family that would serve it. */
  readonly family: string;
  /** Its task's name. */
  readonly task: string;
  /** The files that the family reads. */
  readonly files: readonly { readonly path: string; readonly bytes: number }[];
  /** Bytes of those files. */
  readonly bytes: number;
  /** Bytes of them that are still to be fetched. */
  readonly missing: number;
  /** Bytes of weights that must be in memory at once. Activations come on top. */
  readonly leastBytes: number;
  /** The id of the device that it would be placed on. Absent when it fits on none. */
  readonly device?: string;
  /** Why it fits on none. Present when `device` is absent. */
  readonly reason?: string;
}
