import type { Handler } from "../exchange.ts";

/**
 * GET /v1/cluster/auth: Xinference's client asks it first, without a key, and sends the key that it was given only where there are some. There are no accounts
 * here.
 */
export function clusterAuth(hasKeys: boolean): Handler {
  return (ctx) => {
    ctx.body = { auth: hasKeys };
  };
}
