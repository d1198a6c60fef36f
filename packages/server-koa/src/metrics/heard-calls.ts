import { isKernelError, tracing } from "@kindred/core";
import type { StageTimes } from "@kindred/core";
import type { Figures } from "./figures.ts";
import { timed } from "./timed.ts";

const labels = ["task", "model"] as const;

/**
 * Counts and times calls of models, by the names that text-embeddings-inference gives its figures after their prefix. A call that failed is counted, and
 * not timed. Returns what ends that.
 */
export function heardCalls(figures: Figures): () => void {
  const count = figures.counter("request_count", "Calls of models that have ended.", labels);
  const success = figures.counter("request_success", "Calls that were answered.", labels);
  const failure = figures.counter("request_failure", "Calls that failed, by their error's code.", [
    ...labels,
    "err",
  ]);
  const embeddings = figures.counter("embed_count", "Calls that embed.", ["model"]);
  const duration = figures.durations(
    "request_duration",
    "Seconds of a call, from its check to its answer.",
    labels,
  );
  const stages: readonly (readonly [keyof StageTimes, typeof duration])[] = [
    [
      "prepare",
      figures.durations(
        "request_tokenization_duration",
        "Seconds in which a call is checked and tokenized.",
        labels,
      ),
    ],
    [
      "queue",
      figures.durations(
        "request_queue_duration",
        "Seconds that a call waits for its turn and for memory.",
        labels,
      ),
    ],
    [
      "run",
      figures.durations(
        "request_inference_duration",
        "Seconds from the beginning of a call's turn to its answer.",
        labels,
      ),
    ],
  ];
  const length = figures.amounts("request_input_length", "Tokens of a call.", labels);
  const counters = {
    tokens: figures.counter("tokens_total", "Tokens of texts that were read.", labels),
    pictures: figures.counter("pictures_total", "Pictures that were drawn or enlarged.", labels),
    steps: figures.counter("steps_total", "Steps of denoisers.", labels),
  };

  return timed(tracing.taskRun, ({ task, launch: model = "", usage }, { seconds, error }) => {
    count.inc({ task, model });
    if (task === "embedding") embeddings.inc({ model });
    if (error !== undefined) {
      const err = isKernelError(error) ? error.code.toLowerCase() : "internal";
      failure.inc({ task, model, err });
      return;
    }
    success.inc({ task, model });
    duration.observe({ task, model }, seconds);
    if (!usage) return;
    for (const [stage, histogram] of stages)
      histogram.observe({ task, model }, usage.milliseconds[stage] / 1000);
    if (usage.tokens !== undefined) length.observe({ task, model }, usage.tokens);
    counters.tokens.inc({ task, model }, usage.tokens ?? 0);
    counters.pictures.inc({ task, model }, usage.pictures ?? 0);
    counters.steps.inc({ task, model }, usage.steps ?? 0);
  });
}
