import type Koa from "koa";
import { isLoopback, localAddress } from "../access/loopback.ts";

/** The names of headers by which proxies tell that a request is another machine's. Not every one writes `X-Forwarded-For`. */
const forwarded =
  /^(?:(?:x-)?forwarded(?:-.+)?|via|x-real-ip|(?:cf-connecting|true-client|x-client|x-cluster-client)-ip)$/;

/** Whether a request comes from this machine: over loopback, and through no proxy. */
export function isFromHere(ctx: Koa.Context): boolean {
  const { remoteAddress = "" } = ctx.req.socket;
  const isProxied = Object.keys(ctx.req.headers).some((name) => forwarded.test(name));
  return isLoopback(localAddress(ctx)) && isLoopback(remoteAddress) && !isProxied;
}

/** Refuses a request that may not launch models. */
export function checkAdmin(ctx: Koa.Context, allow: (ctx: Koa.Context) => boolean): void {
  if (allow(ctx)) return;
  ctx.throw(
    403,
    "Models are launched, changed, unloaded and registered from this server's own machine alone, at a loopback address and without a proxy. An application may allow others: lifecycle: { allow }.",
  );
}
