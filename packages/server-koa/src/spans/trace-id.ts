import { isSpanContextValid, trace } from "@opentelemetry/api";

/** The id of the trace that this runs in; undefined outside of one. */
export function traceId(): string | undefined {
  const found = trace.getActiveSpan()?.spanContext();
  return found && isSpanContextValid(found) ? found.traceId : undefined;
}
