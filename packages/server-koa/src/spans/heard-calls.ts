import { tracing } from "@kindred/core";
import type { Span, Tracer } from "@opentelemetry/api";
import { attributes, operations } from "./attributes.ts";
import { traced, within } from "./traced.ts";

/** Makes spans of calls, of their waiting, of batches, and of launches, downloads, openings and runs of graphs. Returns what ends that. */
export function heardCalls(tracer: Tracer): () => void {
  const calls = new Map<string, Span>();

  const task = traced(tracing.taskRun, tracer, {
    begin(event) {
      const operation = operations.get(event.task);
      return {
        name: [operation ?? event.task, event.model].filter(Boolean).join(" "),
        attributes: {
          [attributes.task]: event.task,
          [attributes.provider]: "kindred",
          ...(operation !== undefined && { [attributes.operation]: operation }),
          ...(event.model !== undefined && { [attributes.requestModel]: event.model }),
          ...(event.id !== undefined && { [attributes.requestId]: event.id }),
          ...(event.caller !== undefined && { [attributes.caller]: event.caller }),
        },
      };
    },
    begun({ id }, span) {
      if (id !== undefined) calls.set(id, span);
    },
    end(event, span) {
      if (event.id !== undefined) calls.delete(event.id);
      const { launch, usage } = event;
      if (launch !== undefined) span.setAttribute(attributes.responseModel, launch);
      if (!usage) return;
      const { tokens, pictures, steps, milliseconds } = usage;
      if (tokens !== undefined) span.setAttribute(attributes.inputTokens, tokens);
      if (pictures !== undefined) span.setAttribute(attributes.pictures, pictures);
      if (steps !== undefined) span.setAttribute(attributes.steps, steps);
      let at = now() - Object.values(milliseconds).reduce((sum, time) => sum + time, 0);
      for (const stage of ["load", "prepare", "queue"] as const) {
        const time = milliseconds[stage];
        if (time > 0) tracer.startSpan(stage, { startTime: at }, within(span)).end(at + time);
        at += time;
      }
    },
  });

  const batch = traced(tracing.batchRun, tracer, {
    begin({ model, rows, cost, paddedCost, ids }) {
      const [parent, ...others] = ids.flatMap((id) => calls.get(id) ?? []);
      return {
        name: `batch ${model}`,
        parent,
        links: others.map((span) => ({ context: span.spanContext() })),
        attributes: {
          [attributes.model]: model,
          [attributes.rows]: rows,
          [attributes.tokens]: cost,
          [attributes.paddedTokens]: paddedCost,
        },
      };
    },
  });

  const graph = (verb: "open" | "run") =>
    traced(verb === "open" ? tracing.graphOpen : tracing.graphRun, tracer, {
      begin: (event) => ({
        name: `${verb} ${event.graph}`,
        attributes: { [attributes.model]: event.model, [attributes.graph]: event.graph },
      }),
    });

  const load = traced(tracing.modelLoad, tracer, {
    begin: ({ model }) => ({ name: `load ${model}`, attributes: { [attributes.model]: model } }),
  });

  const download = traced(tracing.hubDownload, tracer, {
    begin: ({ repo, file }) => ({
      name: "download",
      attributes: { [attributes.repository]: repo, [attributes.file]: file },
    }),
    end: ({ bytes }, span) => void span.setAttribute(attributes.bytes, bytes),
  });

  const ends = [task, batch, graph("open"), graph("run"), load, download];
  return () => {
    for (const end of ends) end();
  };
}

/** Milliseconds since 1970, with fractions. */
function now(): number {
  return performance.timeOrigin + performance.now();
}
