import { AsyncLocalStorage } from "node:async_hooks";
import type { TracingChannel } from "node:diagnostics_channel";
import { isKernelError } from "@kindred/core";
import { context, SpanStatusCode, trace } from "@opentelemetry/api";
import type { Context, Span, SpanOptions, Tracer } from "@opentelemetry/api";
import { heardEvents } from "../heard.ts";
import { attributes } from "./attributes.ts";

/** What a span begins with. */
export interface Beginning extends SpanOptions {
  readonly name: string;
  /** Default: the span of what it is within. */
  readonly parent?: Span | undefined;
}

export interface Tracing<Event> {
  begin(event: Event): Beginning;
  /** Hears of its span. */
  begun?(event: Event, span: Span): void;
  /** Adds what is known at its end. */
  end?(event: Event, span: Span): void;
}

/** The span of what a channel tells of, for what is within it. OpenTelemetry has no way to make one active from outside. */
const current = new AsyncLocalStorage<Span>();

/** Makes a span of each event of a channel. Returns what ends that. */
export function traced<Event extends object>(
  channel: TracingChannel<object, Event>,
  tracer: Tracer,
  { begin, begun, end }: Tracing<Event>,
): () => void {
  const spans = new WeakMap<object, Span>();
  channel.start.bindStore(current as AsyncLocalStorage<unknown> as never, (event: unknown) => {
    const { name, parent, ...options } = begin(event as Event);
    const span = tracer.startSpan(name, options, within(parent ?? current.getStore()));
    spans.set(event as Event, span);
    begun?.(event as Event, span);
    return span as never;
  });
  const unhear = heardEvents(channel, {
    asyncEnd(event) {
      const span = spans.get(event);
      if (!span) return;
      end?.(event as Event, span);
      if (event.error !== undefined) fail(span, event.error);
      span.end();
    },
  });
  return () => {
    channel.start.unbindStore(current as never);
    unhear();
  };
}

/** The active context, within a span where there is one. */
export function within(span: Span | undefined): Context {
  return span ? trace.setSpan(context.active(), span) : context.active();
}

/** Says of a span that it failed, and why: by the error's code where it has one. */
export function fail(span: Span, error: unknown): void {
  const type = isKernelError(error) ? error.code : error instanceof Error ? error.name : "_OTHER";
  span.setAttribute(attributes.errorType, type);
  span.setStatus({ code: SpanStatusCode.ERROR, message: String(error) });
}
