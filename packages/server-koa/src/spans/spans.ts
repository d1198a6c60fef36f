import { isSpanContextValid, trace } from "@opentelemetry/api";
import type Koa from "koa";
import { heardCalls } from "./heard-calls.ts";
import { heardRequests } from "./heard-requests.ts";

/** The spans of a server. Disposed, it makes no more. */
export interface Spans extends Disposable {
  /** Makes a span of every request that passes through it. */
  readonly hear: Koa.Middleware;
}

/**
 * Spans of OpenTelemetry for requests, calls, batches, launches, downloads, and openings and runs of graphs. Those of models come over `tracing`, whose channels all kernels of a
 * process share. undefined where the process has registered no SDK: nobody would see them.
 */
export function openSpans(): Spans | undefined {
  const tracer = trace.getTracer("@kindred/server-koa");
  // The API's own span has no id.
  const probe = tracer.startSpan("kindred");
  if (!isSpanContextValid(probe.spanContext())) return undefined;
  const end = heardCalls(tracer);
  return { hear: heardRequests(tracer), [Symbol.dispose]: end };
}
