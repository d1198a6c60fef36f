import type Koa from "koa";
import { Counter, Histogram } from "prom-client";
import type { Registry } from "prom-client";
import { askerOf } from "../keys/asker.ts";

/** Upper bounds in seconds: from a text that is embedded to pictures that take minutes. */
export const seconds: readonly number[] = [
  0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600,
];

/** Counts requests by their route, not by their path, of which clients could make any number. */
export function heardRequests(register: Registry): Koa.Middleware {
  const registers = [register];
  const count = new Counter({
    name: "kindred_http_requests_total",
    help: "Requests that were answered, or whose client hung up (499).",
    labelNames: ["method", "route", "status", "caller"],
    registers,
  });
  const duration = new Histogram({
    name: "kindred_http_request_duration_seconds",
    help: "Time from a request's head to the end of its reply.",
    labelNames: ["route"],
    buckets: [...seconds],
    registers,
  });
  return async (ctx, next) => {
    const started = performance.now();
    ctx.res.once("close", () => {
      const { method, res, state } = ctx;
      const route: string = state["route"] ?? "other";
      const status = res.writableFinished ? ctx.status : 499;
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
