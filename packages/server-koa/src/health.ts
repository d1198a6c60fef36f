import type { Kernel } from "@kindred/core";
import type Koa from "koa";

/** GET /health answers while the process does. GET /ready answers 503 while a model is loading. */
export function health(kernel: Kernel): Koa.Middleware {
  return (ctx, next) => {
    if (ctx.method !== "GET" && ctx.method !== "HEAD") return next();
    if (ctx.path === "/health") {
      ctx.body = { status: "ok" };
    } else if (ctx.path === "/ready") {
      const models = kernel.models().map(({ id, state }) => ({ id, state }));
      const ready = models.every(({ state }) => state !== "loading");
      ctx.status = ready ? 200 : 503;
      ctx.body = { ready, models };
    } else {
      return next();
    }
  };
}
