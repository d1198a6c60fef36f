import { tracingChannel } from "node:diagnostics_channel";
import type { TracingChannel } from "node:diagnostics_channel";

/** Where metrics, tracing and logs listen (`node:diagnostics_channel`). Subscribers see `{ model, … }` and never change what happens. */
export const modelLoad: TracingChannel<object> = tracingChannel("kindred:model.load");
export const graphOpen: TracingChannel<object> = tracingChannel("kindred:graph.open");
export const graphRun: TracingChannel<object> = tracingChannel("kindred:graph.run");
export const taskRun: TracingChannel<object> = tracingChannel("kindred:task.run");
