import type { Hub } from "./hub-name.ts";
import { settingsOf } from "./speak.ts";

/** What the environment says of a hub. It has no secret and may be shown. */
export interface HubFacts {
  /** The hub's address, without a slash at its end. */
  readonly endpoint: string;
  /** The folder of its cache, and the variable that names another. It need not exist. */
  readonly cache: string;
  readonly cacheVariable: string;
  /** Whether nothing is asked of the hub, and the variable that says so. */
  readonly isOffline: boolean;
  readonly offlineVariable: string;
  /** Whether requests are sent with a token. */
  readonly hasToken: boolean;
  /** The address of the proxy on the way to the hub, without a password, and the variable that names it. Absent where there is none. */
  readonly proxy?: { readonly url: string; readonly variable: string };
}

/** Reads the variables of a hub, and whether there is a token. LOAD_FAILED names a variable that is wrong. Nothing is asked of the hub. */
export async function hubFacts(hub: Hub, env: NodeJS.ProcessEnv = process.env): Promise<HubFacts> {
  const settings = settingsOf(hub, env);
  const { endpoint, cache, offline, variables, proxies } = settings;
  const { url, variable } = proxies?.(new URL(endpoint)) ?? {};
  return {
    endpoint,
    cache,
    cacheVariable: variables.cache,
    isOffline: offline,
    offlineVariable: variables.offline,
    hasToken: (await settings.token()) !== undefined,
    ...(url !== undefined && variable !== undefined && { proxy: { url, variable } }),
  };
}
