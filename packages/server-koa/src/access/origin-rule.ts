import { reached, shorten } from "@kindred/core";
import type Koa from "koa";
import { isLoopback, localAddress } from "./loopback.ts";

export interface OriginRuleOptions {
  /** Origins of other sites whose pages may ask. "*" is any. Default: those of no other site, over loopback only. */
  readonly origins?: readonly string[] | undefined;
  /** The server's own, under which clients reach it through a proxy. */
  readonly own?: string | undefined;
}

const harmless: ReadonlySet<string> = new Set(["GET", "HEAD"]);

/**
 * Refuses what pages of other sites ask a browser to do here. They cannot read replies, but a form or a request without a body needs no
 * permission to be sent. Programs send neither `Origin` nor `Sec-Fetch-Site`.
 */
export function originRule({ origins, own }: OriginRuleOptions): (ctx: Koa.Context) => void {
  return (ctx) => {
    if (harmless.has(ctx.method)) return;
    if (origins === undefined && !isLoopback(localAddress(ctx))) return;
    const origin = ctx.get("origin");
    const site = ctx.get("sec-fetch-site");
    if (origin === "" && site === "") return;
    if (site === "same-origin" || site === "none") return;
    if (
      origin !== "" &&
      (origin === own || allows(origins, origin) || allowedBefore(ctx, origin))
    ) {
      return;
    }
    // Browsers say nothing of the site to a server that has no certificate.
    if (site === "" && isOwn(ctx, origin)) return;
    refuse(ctx, origin);
  };
}

/** Whether an origin is among those that may ask. */
export function allows(origins: readonly string[] = [], origin: string): boolean {
  return origins.includes("*") || origins.includes(origin);
}

/** Whether the application's own middleware has allowed this origin already. */
function allowedBefore({ response }: Koa.Context, origin: string): boolean {
  const allowed = response.get("access-control-allow-origin");
  return allowed === "*" || allowed === origin;
}

/** Whether the page is of the host that it asks. The protocol may be a proxy's. */
function isOwn(ctx: Koa.Context, origin: string): boolean {
  if (!URL.canParse(origin)) return false;
  const { protocol, host } = new URL(origin);
  const asked = `${protocol}//${ctx.host}`;
  return URL.canParse(asked) && new URL(asked).host === host;
}

function refuse(ctx: Koa.Context, origin: string): never {
  reached("origins");
  const named = origin !== "" && origin !== "null";
  const pages = named ? `Pages of ${shorten(origin, 100)}` : "Pages of other sites";
  const name = named ? "that origin" : "the page's origin";
  return ctx.throw(
    403,
    `${pages} may not use this server. Allow ${name}: --cors-origin ORIGIN, or origins: [ORIGIN] in an application.`,
  );
}
