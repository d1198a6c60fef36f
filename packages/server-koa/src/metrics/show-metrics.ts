import type Koa from "koa";
import { exchange } from "../exchange.ts";
import type { ExchangeOptions } from "../exchange.ts";
import type { ApiKeys } from "../keys/api-keys.ts";
import { authenticate } from "../keys/authenticate.ts";
import type { Metrics } from "./metrics.ts";

export interface ShowMetricsOptions extends ExchangeOptions {
  readonly metrics: Metrics;
  /** Default: anybody may read them. */
  readonly keys?: ApiKeys | undefined;
}

/** Answers GET /metrics with the figures, to those who have a key where there are keys. */
export function showMetrics({ metrics, keys, ...options }: ShowMetricsOptions): Koa.Middleware {
  const show = exchange(async (ctx) => {
    if (keys) authenticate(ctx, keys);
    const { text, type } = await metrics.read();
    ctx.set({ "content-type": type, "cache-control": "no-store" });
    ctx.body = text;
  }, options);
  return (ctx, next) => {
    const isAsked = ctx.path === "/metrics" && (ctx.method === "GET" || ctx.method === "HEAD");
    if (!isAsked) return next();
    ctx.state["route"] = "/metrics";
    return show(ctx, next);
  };
}
