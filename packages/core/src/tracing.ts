import { tracingChannel } from "node:diagnostics_channel";
import type { TracingChannel } from "node:diagnostics_channel";
import type { Dims } from "./graph.ts";

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
}

/**
 * Tracing channels of `node:diagnostics_channel`, for metrics, tracing and logs. Each channel's context is the event named
 * in its type. Subscribers never change what happens.
 */
export const tracing: {
  /** "kindred:model.load": a launch, until its graphs are declared. */
  readonly modelLoad: TracingChannel<object, ModelEvent>;
  /** "kindred:graph.open": one opening of a graph. */
  readonly graphOpen: TracingChannel<object, GraphEvent>;
  /** "kindred:graph.run": one run of an open graph. */
  readonly graphRun: TracingChannel<object, GraphEvent>;
  /** "kindred:task.run": one request, from `Kernel.run` to its answer. */
  readonly taskRun: TracingChannel<object, TaskEvent>;
} = {
  modelLoad: tracingChannel("kindred:model.load"),
  graphOpen: tracingChannel("kindred:graph.open"),
  graphRun: tracingChannel("kindred:graph.run"),
  taskRun: tracingChannel("kindred:task.run"),
};
