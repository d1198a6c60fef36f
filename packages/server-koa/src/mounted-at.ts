import { KernelError } from "@kindred/core";
import type Koa from "koa";
import { normalPrefix } from "./prefix.ts";

/** A name or an address, with or without a port. URL parsers take more than that. */
const host = /^([\w.-]+|\[[\da-f:.]+\])(:\d{1,5})?$/i;

/**
 * The URL of the middleware as this client sees it: the origin, and the path that was stripped before us, by the application or by a proxy
 * that it trusts. INVALID_INPUT for a host or a forwarded prefix that no URL can have.
 */
export function mountedAt(ctx: Koa.Context): string {
  if (!host.test(ctx.host) || !URL.canParse(`http://${ctx.host}`)) {
    throw unusable(`The request is for the host "${ctx.host}", which no URL can have.`);
  }
  const path = originalPath(ctx);
  const stripped = path.endsWith(ctx.path) ? path.slice(0, -ctx.path.length) : "";
  return `${ctx.protocol}://${ctx.host}${forwardedPrefix(ctx)}${stripped}`;
}

/** The path that came to this process, before a part of it was stripped. Express and its kin keep it on Node's request. */
export function originalPath(ctx: Koa.Context): string {
  const { originalUrl } = ctx.req as { readonly originalUrl?: unknown };
  const url = typeof originalUrl === "string" ? originalUrl : ctx.originalUrl;
  // Proxies may ask for a whole URL.
  return url.replace(/^[a-z]+:\/\/[^/?]*/i, "").split("?", 1)[0]!;
}

/** The prefixes that trusted proxies say they stripped, the outermost first. */
function forwardedPrefix(ctx: Koa.Context): string {
  const header = ctx.app.proxy ? ctx.get("x-forwarded-prefix") : "";
  try {
    return header
      .split(",")
      .map((prefix) => normalPrefix(prefix.trim()))
      .join("");
  } catch {
    throw unusable(`X-Forwarded-Prefix is "${header}", which is not a path.`);
  }
}

function unusable(message: string): KernelError {
  return new KernelError("INVALID_INPUT", `${message} Send another, or ask for b64_json.`);
}
