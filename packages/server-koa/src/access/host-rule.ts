import { isIP } from "node:net";
import { hostname } from "node:os";
import { reached, shorten } from "@kindred/core";
import type Koa from "koa";
import { isLoopback, localAddress } from "./loopback.ts";

export interface HostRuleOptions {
  /** Names that the server is called by, beside its own. "*" is any. */
  readonly hosts?: readonly string[] | undefined;
  /** Further names. Default: none. */
  readonly known?: readonly string[];
  /** Whether pages of a public name that the server does not know are refused over a network, too. */
  readonly everywhere: boolean;
}

/** Names that public DNS does not give, by which machines of a network are called. */
const privateName = /^[^.]+$|\.(local|home\.arpa)$/;
/** The same of the machine itself; Docker calls its host so. */
const ownName = /^localhost$|\.(localhost|internal)$/;
const ownHostname = hostname().toLowerCase();

/**
 * Refuses requests for a name that this server does not have. A page can have its own name lead to any address (DNS rebinding). The
 * browser then takes the server for that page's, but still names it in `Host`. An address cannot be led elsewhere, so any is served.
 *
 * Over loopback, a request must name this machine. Over a network, programs may call the server by any name, and pages by names
 * that public DNS does not give. Trusted proxies may use any name. Once `hosts` are given, all other names are refused, wherever a request
 * comes from.
 */
export function hostRule({
  hosts,
  known = [],
  everywhere,
}: HostRuleOptions): (ctx: Koa.Context) => void {
  const allowed = new Set([...(hosts ?? []), ...known].map((host) => nameOf(host) ?? host));
  const isKnown = (name: string): boolean => allowed.has(name) || isOwn(name);

  return (ctx) => {
    if (ctx.get("host") === "" || allowed.has("*")) return;
    const name = nameOf(ctx.host);
    if (name !== undefined && isKnown(name)) return;
    if (hosts === undefined) {
      if (ctx.app.proxy) return;
      const overNetwork = !isLoopback(localAddress(ctx));
      if (overNetwork && !(everywhere && isPublicPage(ctx, name))) return;
    }
    refuse(ctx);
  };
}

/** Whether a page of a public name asks, without a certificate for that name: with one, browsers send `Sec-Fetch-Site`. */
function isPublicPage(ctx: Koa.Context, name: string | undefined): boolean {
  if (ctx.get("origin") === "" || ctx.get("sec-fetch-site") !== "") return false;
  return name === undefined || !privateName.test(name);
}

function isOwn(name: string): boolean {
  const isAddress = isIP(name.replace(/^\[(.*)\]$/, "$1")) !== 0;
  return isAddress || ownName.test(name) || name === ownHostname;
}

/** The name of a `Host` header as browsers write it: in lower case, without its port and a dot at its end. undefined when no URL can have it. */
function nameOf(host: string): string | undefined {
  const url = `http://${host}`;
  if (/[/?#@\\]/.test(host) || !URL.canParse(url)) return undefined;
  return new URL(url).hostname.replace(/\.$/, "");
}

function refuse(ctx: Koa.Context): never {
  reached("hosts");
  const host = shorten(ctx.host, 100);
  return ctx.throw(
    421,
    `"${host}" is not a name of this server. Ask for localhost or its address, or allow the name: --allowed-host NAME, or hosts: [NAME] in an application.`,
  );
}
