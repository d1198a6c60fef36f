import { tracing } from "@kindred/core";
import type { BatchEvent } from "@kindred/core";
import { heardMessages } from "../heard.ts";
import type { Figures } from "./figures.ts";

/** Measures the runs in which requests share a graph. Returns what ends that. */
export function heardBatches(figures: Figures): () => void {
  const rows = figures.amounts("batch_next_size", "Rows of a run of texts.", ["model"]);
  const tokens = figures.amounts("batch_next_tokens", "Tokens of a run of texts.", ["model"]);
  const padding = figures.counter(
    "batch_padding_tokens_total",
    "Tokens that runs of texts were padded with.",
    ["model"],
  );
  return heardMessages<BatchEvent>(tracing.batchRun.start, (event) => {
    const { model, rows: size, cost, paddedCost } = event;
    rows.observe({ model }, size);
    tokens.observe({ model }, cost);
    padding.inc({ model }, paddedCost - cost);
  });
}
