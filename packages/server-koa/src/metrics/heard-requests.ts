import type Koa from "koa";
import { askerOf } from "../keys/asker.ts";
import { sentStatus } from "../sent-status.ts";
import type { Figures } from "./figures.ts";

/** Counts requests by their route, not by their path, of which clients could make any number. */
export function heardRequests(figures: Figures): Koa.Middleware {
  const count = figures.counter(
    "http_requests_total",
    "Requests that were answered, or whose client hung up (499).",
    ["method", "route", "status", "caller"],
  );
  const duration = figures.durations(
    "http_request_duration_seconds",
    "Time from a request's head to the end of its reply.",
    ["route"],
  );
  return async (ctx, next) => {
    const started = performance.now();
    ctx.res.once("close", () => {
      const { method, state } = ctx;
      const route: string = state["route"] ?? "other";
      const status = sentStatus(ctx);
      const { caller = "" } = askerOf(ctx);
      count.inc({ method: methods.has(method) ? method : "other", route, status, caller });
      duration.observe({ route }, (performance.now() - started) / 1000);
    });
    await next();
  };
}

/** Clients may send any word as their method. */
const methods: ReadonlySet<string> = new Set([
  "GET",
  "HEAD",
  "OPTIONS",
  "POST",
  "PUT",
  "PATCH",
  "DELETE",
]);
