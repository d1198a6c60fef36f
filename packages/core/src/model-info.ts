/** What a kernel says of one model. */
export interface ModelInfo {
  readonly id: string;
  /** Absent while unknown: a model that is loading, or failed before a family took it. */
  readonly family?: string;
  readonly task?: string;
  /** "ready": declared; its first request may still open graphs. */
  readonly state: "loading" | "ready" | "failed";
  /** Why it failed. */
  readonly reason?: string;
  readonly device?: string;
  /** Requests in its queue; those whose items share runs leave it when they are answered. */
  readonly waiting?: number;
  /** What it holds of its device now, and the most that it needs at once for runs like those it has had, in bytes. */
  readonly memory?: { readonly leased: number; readonly needed: number };
  readonly graphs?: readonly GraphInfo[];
  /** The family's facts. */
  readonly info?: Readonly<Record<string, unknown>>;
}

/** Memory in bytes. */
export interface GraphInfo {
  readonly name: string;
  readonly open: boolean;
  /** Weights, once opened. */
  readonly bytes: number;
  /** While being opened. */
  readonly peakBytes: number;
  /** Activations of its largest run so far. */
  readonly workspaceBytes: number;
  /** Beside the weights: what an open graph takes by itself, a process for instance. */
  readonly overheadBytes: number;
}
