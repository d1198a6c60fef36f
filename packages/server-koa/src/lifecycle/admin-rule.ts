import type Koa from "koa";
import { isLoopback, localAddress } from "../access/loopback.ts";
import type { ApiKeys } from "../keys/api-keys.ts";
import { askerOf } from "../keys/asker.ts";

/** The names of headers by which proxies tell that a request is another machine's. Not every one writes `X-Forwarded-For`. */
const forwarded =
  /^(?:(?:x-)?forwarded(?:-.+)?|via|x-real-ip|(?:cf-connecting|true-client|x-client|x-cluster-client)-ip)$/;

/** Whether a request comes from this machine: over loopback, and through no proxy. */
function isFromHere(ctx: Koa.Context): boolean {
  const { remoteAddress = "" } = ctx.req.socket;
  const isProxied = Object.keys(ctx.req.headers).some((name) => forwarded.test(name));
  return isLoopback(localAddress(ctx)) && isLoopback(remoteAddress) && !isProxied;
}

/** Who may launch models. */
export interface AdminRule {
  allows(ctx: Koa.Context): boolean;
  /** Refuses a request that may not. */
  check(ctx: Koa.Context): void;
}

export interface AdminRuleOptions {
  /** An application's own rule. */
  readonly allow: ((ctx: Koa.Context) => boolean) | undefined;
  readonly keys: ApiKeys | undefined;
}

/** Where there is an administrator's key, it is for those who have it, and otherwise for this machine. An application's own rule takes the place of both. */
export function adminRule({ allow, keys }: AdminRuleOptions): AdminRule {
  const byKey = () => allow === undefined && keys?.hasAdmin === true;
  const allows = (ctx: Koa.Context): boolean => {
    if (allow) return allow(ctx);
    return byKey() ? askerOf(ctx).isAdmin : isFromHere(ctx);
  };
  return {
    allows,
    check(ctx) {
      if (!allows(ctx)) ctx.throw(403, byKey() ? needsKey : needsPlace);
    },
  };
}

const needsKey =
  "Models are launched, changed, unloaded and registered with an administrator's key, which this one is not.";
const needsPlace =
  "Models are launched, changed, unloaded and registered from this server's own machine alone, at a loopback address and without a proxy. An administrator's key lets others do so: --admin-key, or lifecycle: { allow } in an application.";
