import type Koa from "koa";
import { exchange } from "./exchange.ts";
import type { ExchangeOptions } from "./exchange.ts";

/**
 * Refuses what HTTP forbids and Node would refuse by itself, without an envelope or an id, unless its server leaves that to
 * us: HTTP/1.1 without a host (RFC 9112 §3.2), and an expectation that nobody meets (RFC 9110 §10.1.1).
 */
export function httpRules(options: ExchangeOptions): Koa.Middleware {
  const refuseHost = exchange((ctx) => ctx.throw(400, "The request names no host."), options);
  const refuseExpectation = exchange(
    (ctx) =>
      ctx.throw(
        417,
        `"${ctx.get("expect")}" is not expected here. Expect 100-continue or nothing.`,
      ),
    options,
  );
  return (ctx, next) => {
    const { headers, httpVersion } = ctx.req;
    if (headers.host === undefined && httpVersion === "1.1") return refuseHost(ctx, next);
    const { expect = "100-continue" } = headers;
    return /^100-continue$/i.test(expect) ? next() : refuseExpectation(ctx, next);
  };
}
