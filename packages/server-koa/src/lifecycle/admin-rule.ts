import type Koa from "koa";
import { isLoopback, localAddress } from "../access/loopback.ts";

/** Headers by which proxies tell that a request is another machine's. */
const forwarded = ["forwarded", "x-forwarded-for", "x-real-ip", "via"];

/** Whether a request comes from this machine: over loopback, and through no proxy. */
export function isFromHere(ctx: Koa.Context): boolean {
  const { remoteAddress = "" } = ctx.req.socket;
  const isProxied = forwarded.some((name) => ctx.get(name) !== "");
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
