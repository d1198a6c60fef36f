/** A model to serve: where it is, and how. */
export interface Launch {
  readonly id: string;
  /** A folder, or a name the model source knows. */
  readonly source: string;
  /** Default: the family that recognises it. */
  readonly family?: string;
  /** Device ids or providers, best first. */
  readonly prefer?: readonly string[];
  /** Copies that run side by side; default 1. */
  readonly replicas?: number;
  /** Seconds idle before its graphs are closed; default 300, Infinity: for good. */
  readonly keepAlive?: number;
  /** The family's own options. */
  readonly options?: Readonly<Record<string, unknown>>;
}
