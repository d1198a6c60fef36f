import type { TracingChannel } from "node:diagnostics_channel";
import { tracing } from "@kindred/core";
import type { Kernel } from "@kindred/core";
import { Histogram } from "prom-client";
import type { Registry } from "prom-client";
import { seconds } from "./heard-requests.ts";

/** What a subscriber of a tracing channel is given. */
type Traced = object & { readonly error?: unknown };

/** Times calls, loads, openings and runs of a kernel's models. Disposed, it hears of no more. */
export function heardCalls(register: Registry, kernel: Kernel): Disposable {
  const histogram = <Label extends string>(name: string, help: string, labels: readonly Label[]) =>
    new Histogram({
      name: `kindred_${name}_duration_seconds`,
      help,
      labelNames: [...labels, "outcome"],
      buckets: [...seconds],
      registers: [register],
    });
  const calls = histogram("call", "Calls of a model, from its queue to its answer.", [
    "task",
    "model",
  ]);
  const loads = histogram("model_load", "Launches, downloads and roundings among them.", ["model"]);
  const opens = histogram("graph_open", "Openings of graphs.", ["model", "graph"]);
  const runs = histogram("graph_run", "Runs of graphs.", ["model", "graph"]);
  // A name that a request brings is a label once a model has it: one that only loads may never be there.
  const modelOf = (asked: string | undefined): string => {
    const known = kernel.models().filter(({ state }) => state === "ready");
    const found = known.find(({ id, aliases = [] }) => id === asked || aliases.includes(asked!));
    return found?.id ?? "";
  };
  const ends = [
    timed(tracing.taskRun, ({ task, model }, time, outcome) =>
      calls.observe({ task, model: modelOf(model), outcome }, time),
    ),
    timed(tracing.modelLoad, ({ model }, time, outcome) =>
      loads.observe({ model: outcome === "done" ? model : "", outcome }, time),
    ),
    timed(tracing.graphOpen, ({ model, graph }, time, outcome) =>
      opens.observe({ model, graph, outcome }, time),
    ),
    timed(tracing.graphRun, ({ model, graph }, time, outcome) =>
      runs.observe({ model, graph, outcome }, time),
    ),
  ];
  return {
    [Symbol.dispose]() {
      for (const end of ends) end();
    },
  };
}

/** Hears how long what a channel tells of took, in seconds, and how it ended. Returns what ends that. */
function timed<Event extends object>(
  channel: TracingChannel<object, Event>,
  heard: (event: Event, time: number, outcome: "done" | "failed") => void,
): () => void {
  const begun = new WeakMap<object, number>();
  const subscriber = {
    start: (event: object) => void begun.set(event, performance.now()),
    asyncEnd(event: Traced) {
      const time = (performance.now() - (begun.get(event) ?? performance.now())) / 1000;
      heard(event as Event, time, event.error === undefined ? "done" : "failed");
    },
  };
  // The types of Node ask for handlers of all five events, and Node does not.
  channel.subscribe(subscriber as never);
  return () => channel.unsubscribe(subscriber as never);
}
