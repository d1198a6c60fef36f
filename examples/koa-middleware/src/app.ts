import type { Kernel } from "@kindred/core";
import { openai } from "@kindred/server-koa";
import Koa from "koa";

/** An application with logging, auth and a route. One line adds the OpenAI routes. */
export function createApp(kernel: Kernel, key: string): Koa {
  const app = new Koa();
  app.use(log);
  app.use(hello);
  app.use(bearer(key));
  app.use(openai(kernel, { prefix: "/ai" }));
  return app;
}

const log: Koa.Middleware = async (ctx, next) => {
  await next();
  console.log(`${ctx.method} ${ctx.path} ${ctx.status}`);
};

const hello: Koa.Middleware = async (ctx, next) => {
  if (ctx.path !== "/") return next();
  ctx.body = "An application, and models under /ai.";
};

function bearer(key: string): Koa.Middleware {
  return async (ctx, next) => {
    if (ctx.get("authorization") !== `Bearer ${key}`) ctx.throw(401, "Send your key.");
    // The kernel hears who asks: its traces say so.
    ctx.state["caller"] = "the owner of the key";
    await next();
  };
}
