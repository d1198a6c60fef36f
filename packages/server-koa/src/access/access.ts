import type Koa from "koa";
import type { ResourcePolicy } from "../safe-headers.ts";
import { checkedHosts, checkedOrigins } from "./checked.ts";
import { checkedUrl } from "../files/public-url.ts";
import { crossOrigin } from "./cross-origin.ts";
import { hostRule } from "./host-rule.ts";
import { originRule } from "./origin-rule.ts";

/** Who may reach the routes through a browser. */
export interface AccessOptions {
  /**
   * Origins of other sites whose pages may use the routes, such as "https://app.example.org"; "*" for all. Others are refused with 403. TypeError
   * for what is no origin. Default: none where a request came over loopback. Over a network, a middleware without `origins` refuses nobody.
   */
  readonly origins?: readonly string[];
  /**
   * Names, without ports, that the server is called by beside its own; "*" for any. Requests for others are refused with 421. TypeError
   * for what is no name. Default: none where a request came over loopback. Over a network every name is served, to pages of
   * public names only where `origins` are given.
   */
  readonly hosts?: readonly string[];
}

/** The rules that `AccessOptions` make. */
export interface Access {
  /** An http-error for a request for another host. */
  checkHost(ctx: Koa.Context): void;
  /** The same, also for one that acts for a page of another site. */
  check(ctx: Koa.Context): void;
  /** Answers browsers that ask whether a page may use a route of these methods. */
  crossOrigin(methods: readonly string[]): readonly Koa.Middleware[];
  /** Which pages may show what the routes answer. */
  readonly resourcePolicy: ResourcePolicy;
}

/** `publicUrl` is one more name and origin of the server itself. */
export function accessOf({ origins, hosts }: AccessOptions, publicUrl?: string): Access {
  const url = publicUrl === undefined ? undefined : new URL(checkedUrl(publicUrl));
  const others = origins && checkedOrigins(origins);
  const names = hosts && checkedHosts(hosts);
  const checkOrigin = originRule({ origins: others, own: url?.origin });
  const known = url === undefined ? [] : [url.hostname];
  const checkHost = hostRule({ hosts: names, known, everywhere: origins !== undefined });
  return {
    checkHost,
    check(ctx) {
      checkHost(ctx);
      checkOrigin(ctx);
    },
    crossOrigin: (methods) => crossOrigin(others ?? [], methods),
    resourcePolicy: others?.length ? "cross-origin" : "same-origin",
  };
}
