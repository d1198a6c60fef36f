import type { LoadProgress } from "./model-source.ts";

/** Facts about one model, as `Kernel.models` tells them. A snapshot. */
export interface ModelInfo {
  readonly id: string;
  /** Its launch's `source`, such as a folder of this machine: not for clients. Absent when the kernel does not tell. */
  readonly source?: string;
  /** The sources of other models that it is made with, such as ControlNets: not for clients. Absent when there are none. */
  readonly attached?: readonly string[];
  /** Other names that it is asked by. Absent when it has none. */
  readonly aliases?: readonly string[];
  /** Whether a request launched it, and nobody else has since. Absent when it is not so. */
  readonly onDemand?: true;
  /** Its launch's `optional`, which one on demand always is. Absent when it is not so. */
  readonly optional?: true;
  /** Its family's name. Absent while unknown: a model that is loading, or failed before a family took it. */
  readonly family?: string;
  /** The name of the published model that it is. Absent when it is none, and until it is ready. */
  readonly checkpoint?: string;
  /** Its task's name. Absent while the family is. */
  readonly task?: string;
  /** The names of the tasks that it does beside that. Absent while the family is, and when there are none. */
  readonly sideTasks?: readonly string[];
  /** "ready": its graphs are declared; the first request may still open them. */
  readonly state: "loading" | "ready" | "failed";
  /** Why it failed. Present when it is failed. */
  readonly reason?: string;
  /** How far its launch has come. Present while it is loading and something is counted, such as a download's bytes. */
  readonly progress?: LoadProgress;
  /** The id of its device. Present when it is ready, as all below. */
  readonly device?: string;
  /** Requests in its queue. Those of a `Batched` pipeline count until they are answered. */
  readonly waiting?: number;
  /** Bytes of its device that it holds now, and the most that it needs at once for runs like those it has had. */
  readonly memory?: { readonly leased: number; readonly needed: number };
  readonly graphs?: readonly GraphInfo[];
  /** Runs that may go on side by side, each with a copy of the weights. */
  readonly replicas?: number;
  /** Seconds without a request after which its graphs are closed; Infinity, and so null in JSON: never. */
  readonly keepAlive?: number;
  /** Seconds since its last request ended, or since its launch. Absent also while it works. */
  readonly idle?: number;
  /** The pipeline's own facts. Absent when it has none. */
  readonly info?: Readonly<Record<string, unknown>>;
}

/** Facts about one graph of a model. Memory is in bytes. */
export interface GraphInfo {
  readonly name: string;
  /** The precision that it computes in, such as "int8". Absent when it is not known, as that of an export. */
  readonly precision?: string;
  readonly open: boolean;
  /** Its weights, once it is open. */
  readonly bytes: number;
  /** The most that it takes while it is being opened. */
  readonly peakBytes: number;
  /** Activations of its largest run so far. */
  readonly workspaceBytes: number;
  /** Beside weights and activations, such as a process of its own. Main memory's, wherever the graph runs. */
  readonly overheadBytes: number;
  /** The run under way, of several the longest. Absent while none is. */
  readonly running?: GraphRunInfo;
}

/** Facts about a run of a graph that is under way. */
export interface GraphRunInfo {
  /** Since its turn began. */
  readonly seconds: number;
  /** After which its process is ended and its request fails. Infinity, and so null in JSON, where the launch says so. */
  readonly maxSeconds: number;
  /** Whether it has taken over a quarter of that. Its process is then most likely stopped or stuck. */
  readonly hangs: boolean;
}
