import { createHash } from "node:crypto";
import type Koa from "koa";
import type { Handler } from "../exchange.ts";
import type { Route } from "../routes/route.ts";
import { openApiDocument } from "./document.ts";
import { anyObject } from "./json-schema.ts";
import type { DescribedRoute, Operation } from "./operation.ts";

export interface ShowDocumentOptions {
  /** The other routes below the prefix. */
  readonly routes: readonly DescribedRoute[];
  /** What else the application answers. */
  readonly beside: readonly DescribedRoute[];
  readonly hasKeys: boolean;
  readonly prefix: string;
  /** The URL of the routes for a client. */
  readonly urlFor: (ctx: Koa.Context) => string;
}

const operation: Operation = {
  id: "getOpenApi",
  tag: "server",
  summary: "This document.",
  reply: { "application/json": anyObject },
  replies: { 304: "It is as `if-none-match` says." },
};

interface Made {
  readonly url: string;
  readonly bytes: Buffer;
  readonly etag: string;
}

/** The route GET /openapi.json. The document is made once for each URL that the server is asked under, of which the last is kept. */
export function documentRoute(options: ShowDocumentOptions): Route {
  const { routes, beside, hasKeys, prefix, urlFor } = options;
  const path = "/openapi.json";
  let made: Made | undefined;
  const make = (url: string): Made => {
    const own = { method: "GET", path, operation } as const;
    const all = [...routes, own, ...beside];
    const rootUrl = url.endsWith(prefix) ? url.slice(0, url.length - prefix.length) : url;
    const document = openApiDocument({ routes: all, hasKeys, url, rootUrl });
    const bytes = Buffer.from(JSON.stringify(document));
    const etag = createHash("sha256").update(bytes).digest("base64url").slice(0, 22);
    return { url, bytes, etag };
  };
  const handler: Handler = (ctx) => {
    const url = urlFor(ctx);
    if (made?.url !== url) made = make(url);
    ctx.set({ "cache-control": hasKeys ? "private, no-cache" : "no-cache", vary: "host" });
    ctx.type = "json";
    ctx.etag = made.etag;
    ctx.body = made.bytes;
    if (ctx.fresh) ctx.status = 304;
  };
  return { method: "GET", path, handler, operation };
}
