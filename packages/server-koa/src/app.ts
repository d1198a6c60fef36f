import { silent, unfailingLogger } from "@kindred/core";
import type { Kernel } from "@kindred/core";
import Koa from "koa";
import { accessOf } from "./access/access.ts";
import { exchange } from "./exchange.ts";
import { health } from "./health.ts";
import type { ReadyPolicy } from "./health.ts";
import { httpRules } from "./http-rules.ts";
import { openaiBeside } from "./openai.ts";
import type { OpenAIOptions } from "./openai.ts";
import { besideRoutes } from "./openapi/beside.ts";
import { playground } from "./playground.ts";
import type { Metrics } from "./metrics/metrics.ts";
import { showMetrics } from "./metrics/show-metrics.ts";
import { normalPrefix } from "./prefix.ts";
import { requestId } from "./request-id.ts";
import { setSafeHeaders } from "./safe-headers.ts";
import type { Spans } from "./spans/spans.ts";

export interface AppOptions extends OpenAIOptions {
  /** Believes `X-Forwarded-*` headers. Set it only behind a proxy that writes them. Default false. */
  readonly trustProxy?: boolean;
  /** Serves a page at `/` to try the models on, and one at `/docs` that shows the API. Default true. */
  readonly playground?: boolean;
  /**
   * The launched models that GET /ready waits for until it answers 200: "all" of them, or "any" one. A server without models is
   * ready by "all", and not by "any". Default "all".
   */
  readonly ready?: ReadyPolicy;
  /** Figures of the requests and the models, at `GET /metrics`: `openMetrics(kernel)`. Default: there are none. */
  readonly metrics?: Metrics;
  /** OpenTelemetry's spans of the requests and the models: `openSpans()`. Default: there are none. */
  readonly spans?: Spans | undefined;
  /**
   * Once it aborts, GET /ready answers 503 and every reply closes its connection: the server is about to close. Default: it never is.
   */
  readonly closing?: AbortSignal;
}

/** A Koa application of its own: the OpenAI routes, the playground, /health and /ready. TypeError for options that have no sense. */
export function createApp(kernel: Kernel, options: AppOptions = {}): Koa {
  const { trustProxy = false, playground: page = true, ready, closing, ...others } = options;
  const { metrics, spans, ...rest } = others;
  const routes: OpenAIOptions = { origins: [], ...rest };
  const { signal } = routes;
  const logger = unfailingLogger(routes.logger ?? silent);
  const { checkHost, resourcePolicy } = accessOf(routes, routes.files?.publicUrl);
  const shared = { logger, signal, resourcePolicy };
  const prefix = normalPrefix(options.prefix ?? "");
  const app = new Koa({ proxy: trustProxy });
  app.on("error", (error) => logger.debug({ error }, "a connection failed"));
  app.use(async (ctx, next) => {
    ctx.set("x-request-id", requestId(ctx));
    setSafeHeaders(ctx, resourcePolicy);
    await next();
    if (closing?.aborted) ctx.set("connection", "close");
  });
  if (metrics) app.use(metrics.hear);
  if (spans) app.use(spans.hear);
  app.use(httpRules({ logger, signal, resourcePolicy, checkHost }));
  app.use(openaiBeside(kernel, routes, besideRoutes({ metrics: metrics !== undefined })));
  if (metrics) app.use(showMetrics({ metrics, keys: routes.keys, ...shared }));
  app.use(health(kernel, { policy: ready, closing }));
  if (page) app.use(playground(prefix));
  app.use(exchange(notHere, shared));
  return app;
}

function notHere(ctx: Koa.Context): never {
  return ctx.throw(404, `There is no ${ctx.method} ${ctx.path} here.`);
}
