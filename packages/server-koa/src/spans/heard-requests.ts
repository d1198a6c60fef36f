import { context, propagation, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import type { Tracer } from "@opentelemetry/api";
import type Koa from "koa";
import { askerOf } from "../keys/asker.ts";
import { sentStatus } from "../sent-status.ts";
import { attributes } from "./attributes.ts";

/**
 * Makes a span of each request, within the trace that its `traceparent` names, where the registered propagator reads it. A request that has a span already, by an
 * instrumentation of HTTP, gets no second one.
 */
export function heardRequests(tracer: Tracer): Koa.Middleware {
  return async (ctx, next) => {
    if (trace.getSpan(context.active())) return next();
    const parent = propagation.extract(context.active(), ctx.req.headers);
    const { method, path } = ctx;
    const span = tracer.startSpan(
      method,
      {
        kind: SpanKind.SERVER,
        attributes: { [attributes.method]: method, [attributes.path]: path },
      },
      parent,
    );
    ctx.res.once("close", () => {
      const { state } = ctx;
      const route: unknown = state["route"];
      const status = sentStatus(ctx);
      const { caller } = askerOf(ctx);
      if (typeof route === "string") {
        span.updateName(`${method} ${route}`);
        span.setAttribute(attributes.route, route);
      }
      span.setAttribute(attributes.status, status);
      span.setAttribute(attributes.requestId, ctx.response.get("x-request-id"));
      if (caller !== undefined) span.setAttribute(attributes.caller, caller);
      if (status >= 500) {
        span.setAttribute(attributes.errorType, String(status));
        span.setStatus({ code: SpanStatusCode.ERROR });
      }
      span.end();
    });
    return context.with(trace.setSpan(parent, span), next);
  };
}
