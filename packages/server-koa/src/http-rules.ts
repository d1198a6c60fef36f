import type Koa from "koa";
import { exchange } from "./exchange.ts";
import type { ExchangeOptions } from "./exchange.ts";

export interface HttpRulesOptions extends ExchangeOptions {
  /** An http-error for a request for a host that is not this server's. */
  checkHost(ctx: Koa.Context): void;
}

/**
 * Refuses a request for another host, and what HTTP forbids and Node would refuse by itself, without an envelope or an id,
 * unless its server leaves that to us: HTTP/1.1 without a host (RFC 9112 §3.2), and an expectation that nobody meets (RFC 9110
 * §10.1.1).
 */
export function httpRules({ checkHost, ...options }: HttpRulesOptions): Koa.Middleware {
  return (ctx, next) => {
    try {
      check(ctx);
      checkHost(ctx);
    } catch (error) {
      const refuse = exchange(() => Promise.reject(error), options);
      return refuse(ctx, next);
    }
    return next();
  };
}

function check(ctx: Koa.Context): void {
  const { headers, httpVersion } = ctx.req;
  if (headers.host === undefined && httpVersion === "1.1") {
    ctx.throw(400, "The request names no host.");
  }
  const { expect = "100-continue" } = headers;
  if (/^100-continue$/i.test(expect)) return;
  ctx.throw(417, `"${expect}" is not expected here. Expect 100-continue or nothing.`);
}
