import { tracing } from "@kindred/core";
import type { EvictionEvent } from "@kindred/core";
import { heardMessages } from "../heard.ts";
import type { Figures } from "./figures.ts";
import { timed } from "./timed.ts";

/** Times launches, and openings and runs of graphs, and counts evictions. Returns what ends that. */
export function heardGraphs(figures: Figures): () => void {
  const loads = figures.durations(
    "model_load_duration_seconds",
    "Launches, with their downloads and roundings.",
    ["model", "outcome"],
  );
  const graphs = ["model", "graph", "outcome"] as const;
  const opens = figures.durations("graph_open_duration_seconds", "Openings of graphs.", graphs);
  const runs = figures.durations("graph_run_duration_seconds", "Runs of graphs.", graphs);
  const evictions = figures.counter(
    "model_evictions_total",
    "Times that a model's idle graphs were closed, for memory or after its keep-alive.",
    ["model", "reason"],
  );
  const ends = [
    // A name that a request brought is a label once it is a model's.
    timed(tracing.modelLoad, ({ model }, { seconds, outcome }) =>
      loads.observe({ model: outcome === "done" ? model : "", outcome }, seconds),
    ),
    timed(tracing.graphOpen, ({ model, graph }, { seconds, outcome }) =>
      opens.observe({ model, graph, outcome }, seconds),
    ),
    timed(tracing.graphRun, ({ model, graph }, { seconds, outcome }) =>
      runs.observe({ model, graph, outcome }, seconds),
    ),
    heardMessages<EvictionEvent>(tracing.modelEvict, ({ model, reason }) =>
      evictions.inc({ model, reason }),
    ),
  ];
  return () => {
    for (const end of ends) end();
  };
}
