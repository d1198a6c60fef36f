import type Koa from "koa";
import { invalidKey } from "../errors.ts";
import type { ApiKeys } from "./api-keys.ts";

const bearer = /^bearer +(\S+) *$/i;

/**
 * Puts the holder of the key that a request brings into its state, for `askerOf`. Throws 401, as OpenAI words it, for a request without a key and for one whose key
 * is unknown.
 */
export function authenticate(ctx: Koa.Context, keys: ApiKeys): void {
  const sent = bearer.exec(ctx.get("authorization"))?.[1];
  const holder = sent === undefined ? undefined : keys.find(sent);
  if (holder === undefined) return refuse(ctx, sent !== undefined);
  ctx.state["caller"] = holder.name;
  ctx.state["isAdmin"] = holder.isAdmin === true;
}

function refuse(ctx: Koa.Context, hasKey: boolean): never {
  const message = hasKey
    ? "Incorrect API key provided. Ask whoever runs this server for one that it knows."
    : "You didn't provide an API key. Send one in the Authorization header, as in Authorization: Bearer YOUR_KEY.";
  const headers = { "www-authenticate": "Bearer", "x-should-retry": "false" };
  return ctx.throw(401, message, { code: invalidKey, headers });
}
