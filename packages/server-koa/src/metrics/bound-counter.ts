import { bounds } from "@kindred/core";
import type { BoundEvent } from "@kindred/core";
import { heardMessages } from "../heard.ts";
import type { Figures } from "./figures.ts";

/** Counts how often each bound refused, closed or ended something. Returns what ends that. */
export function boundCounter(figures: Figures): () => void {
  const count = figures.counter(
    "bound_reached_total",
    "Times that a bound refused a request, closed a connection or ended a run.",
    ["bound"],
  );
  return heardMessages<BoundEvent>(bounds, ({ bound }) => count.inc({ bound }));
}
