import Router from "@koa/router";
import { KernelError, silent } from "@kindred/core";
import type { Kernel, Logger } from "@kindred/core";
import type Koa from "koa";
import { answer } from "./answer.ts";
import { bodyReader } from "./body.ts";
import type { BodyLimits } from "./body.ts";
import { exchange } from "./exchange.ts";
import type { Handler } from "./exchange.ts";
import { getModel, listModels } from "./models.ts";

export interface OpenAIOptions {
  /** Where the routes begin, when nothing else strips it: "/ai" serves /ai/v1/models. Default "". */
  readonly prefix?: string;
  readonly limits?: BodyLimits;
  /** One line for each request. Default: silent. */
  readonly logger?: Logger;
  /** Aborts what runs, with its reason. */
  readonly signal?: AbortSignal;
}

/** The endpoints of a kernel's plugins, and GET /v1/models. Other paths go on to the next middleware. */
export function openai(kernel: Kernel, options: OpenAIOptions = {}): Koa.Middleware {
  const { prefix = "", limits, logger = silent, signal } = options;
  const created = Math.floor(Date.now() / 1000);
  const readBody = bodyReader(limits);
  const router = new Router({ prefix });
  const route = (handler: Handler, fields?: Readonly<Record<string, string>>): Koa.Middleware =>
    exchange(handler, { logger, signal, fields });

  router.get("/v1/models", route(listModels(kernel, created)));
  router.get("/v1/models/*id", route(getModel(kernel, created)));
  router.all(["/v1/models", "/v1/models/*id"], route(onlyMethods("GET, HEAD")));
  for (const endpoint of kernel.endpoints) {
    router.post(
      endpoint.path,
      route(answer(endpoint, { kernel, readBody, keepFile }), endpoint.fields),
    );
    router.all(endpoint.path, route(onlyMethods("POST")));
  }
  return router.routes() as unknown as Koa.Middleware;
}

function onlyMethods(allowed: string): Handler {
  return (ctx) => {
    ctx.throw(405, `${ctx.path} takes ${allowed}, not ${ctx.method}.`, {
      headers: { allow: allowed },
    });
  };
}

async function keepFile(): Promise<string> {
  throw new KernelError("UNSUPPORTED", "This server keeps no files: ask for b64_json.", {
    param: "response_format",
  });
}
