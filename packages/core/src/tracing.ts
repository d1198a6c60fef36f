import { channel, tracingChannel } from "node:diagnostics_channel";
import type { Channel, TracingChannel } from "node:diagnostics_channel";
import type { Dims } from "./graph.ts";
import type { Usage } from "./usage.ts";

export interface ModelEvent {
  /** The launch's id. */
  readonly model: string;
}

export interface GraphEvent extends ModelEvent {
  /** The graph's name within its model. */
  readonly graph: string;
  /** Shapes of the feeds, while it runs. */
  readonly dims?: Dims;
}

export interface TaskEvent {
  /** The task's name. */
  readonly task: string;
  /** The id that the caller gave; undefined when the only model of the task is meant. */
  readonly model: string | undefined;
  /** The call's `id` and `caller`, where it has them. */
  readonly id?: string | undefined;
  readonly caller?: string | undefined;
  /** The id of the launched model that does it. Set once that is loaded. */
  launch?: string;
  /** What it took. Set before it ends, however it ends. */
  usage?: Usage;
}

export interface BatchEvent extends ModelEvent {
  readonly rows: number;
  /** Costs of all rows, added up: tokens. */
  readonly cost: number;
  /** The same with each row padded to the longest. */
  readonly paddedCost: number;
  /** The calls' ids whose items are in it, of those that have one. */
  readonly ids: readonly string[];
}

export interface EvictionEvent extends ModelEvent {
  /** Graphs that were closed. */
  readonly graphs: number;
  /** "memory": another model needed it. "idle": its keep-alive was over. */
  readonly reason: "memory" | "idle";
}

export interface DownloadEvent {
  /** The repository on its hub: "BAAI/bge-small-en-v1.5". */
  readonly repo: string;
  /** The file's path in it. */
  readonly file: string;
  /** Bytes that came over the network. It grows while it comes. */
  bytes: number;
}

/** The events of each channel. */
export interface TracingEvents {
  readonly "kindred:task.run": TaskEvent;
  readonly "kindred:batch.run": BatchEvent;
  readonly "kindred:model.load": ModelEvent;
  readonly "kindred:graph.open": GraphEvent;
  readonly "kindred:graph.run": GraphEvent;
  readonly "kindred:hub.download": DownloadEvent;
  readonly "kindred:model.evict": EvictionEvent;
}

type Traced<Name extends keyof TracingEvents> = TracingChannel<object, TracingEvents[Name]>;

/**
 * Channels of `node:diagnostics_channel`, for metrics, tracing and logs; all kernels of a process share them. Each message, or each tracing channel's context, is
 * the event that `TracingEvents` has for its name. Subscribers never change what happens.
 */
export const tracing: {
  /** One call, from `Kernel.run` to its answer. */
  readonly taskRun: Traced<"kindred:task.run">;
  /** One run of a `Batched` pipeline's items. The runs of its graphs are within it. */
  readonly batchRun: Traced<"kindred:batch.run">;
  /** A launch, until its graphs are declared. */
  readonly modelLoad: Traced<"kindred:model.load">;
  /** One opening of a graph. */
  readonly graphOpen: Traced<"kindred:graph.open">;
  /** One run of an open graph. */
  readonly graphRun: Traced<"kindred:graph.run">;
  /** One file that comes from a hub, retries included. */
  readonly hubDownload: Traced<"kindred:hub.download">;
  /** A message for each model whose idle graphs were closed. Its type is `EvictionEvent`. */
  readonly modelEvict: Channel;
} = {
  taskRun: tracingChannel("kindred:task.run"),
  batchRun: tracingChannel("kindred:batch.run"),
  modelLoad: tracingChannel("kindred:model.load"),
  graphOpen: tracingChannel("kindred:graph.open"),
  graphRun: tracingChannel("kindred:graph.run"),
  hubDownload: tracingChannel("kindred:hub.download"),
  modelEvict: channel("kindred:model.evict"),
};
