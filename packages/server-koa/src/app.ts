import { silent } from "@kindred/core";
import type { Kernel } from "@kindred/core";
import Koa from "koa";
import { failure } from "./errors.ts";
import { health } from "./health.ts";
import { openai } from "./openai.ts";
import type { OpenAIOptions } from "./openai.ts";
import { playground } from "./playground.ts";

export interface AppOptions extends OpenAIOptions {
  /** Believes `X-Forwarded-*` headers. Set it only behind a proxy that writes them. Default false. */
  readonly trustProxy?: boolean;
  /** Serves a page at `/` to try the models on. Default true. */
  readonly playground?: boolean;
}

/** A Koa application of its own: the OpenAI routes, the playground, /health and /ready. */
export function createApp(kernel: Kernel, options: AppOptions = {}): Koa {
  const { logger = silent, trustProxy = false } = options;
  const app = new Koa({ proxy: trustProxy });
  app.on("error", (error) => logger.debug({ error }, "a connection failed"));
  app.use(openai(kernel, options));
  app.use(health(kernel));
  if (options.playground ?? true) app.use(playground(options.prefix));
  app.use((ctx) => {
    const { status, body } = failure(notHere(ctx));
    ctx.status = status;
    ctx.body = body;
  });
  return app;
}

function notHere({ method, path }: Koa.Context): Error {
  return Object.assign(new Error(`There is no ${method} ${path} here.`), {
    status: 404,
    expose: true,
  });
}
