import { homedir } from "node:os";
import { join } from "node:path";
import { homePath } from "./home-path.ts";
import { endpointOf, isOn, sendable, silenceOf } from "./hub-settings.ts";
import type { HubSettings } from "./hub-settings.ts";
import { proxyRule } from "./proxy-rule.ts";

export interface ModelScopeSettings extends HubSettings {
  /** MODELSCOPE_CACHE: the cache of Python's client. `cache` is a folder of our own in it. */
  readonly shared: string;
}

/**
 * Reads the variables of Python's `modelscope`. The endpoint is MODELSCOPE_ENDPOINT, or the older MODELSCOPE_DOMAIN, both with or without
 * "https://", default "https://modelscope.cn". The cache is `kindred` in MODELSCOPE_CACHE, default ~/.cache/modelscope. The silence is
 * MODELSCOPE_DOWNLOAD_TIMEOUT, default 60 seconds. The token is MODELSCOPE_API_TOKEN. MODELSCOPE_OFFLINE, which Python does not have, is
 * "offline". LOAD_FAILED when the endpoint is no address or the time no number.
 */
export function modelScopeSettings(env: NodeJS.ProcessEnv): ModelScopeSettings {
  const shared = homePath(env["MODELSCOPE_CACHE"] || join(homedir(), ".cache", "modelscope"));
  const variable = env["MODELSCOPE_ENDPOINT"] ? "MODELSCOPE_ENDPOINT" : "MODELSCOPE_DOMAIN";
  const usual = "https://modelscope.cn";
  const given = env[variable]?.trim() || usual;
  const endpoint = /:\/\//.test(given) ? given : `https://${given}`;
  return {
    hub: "ModelScope",
    variables: {
      endpoint: "MODELSCOPE_ENDPOINT",
      cache: "MODELSCOPE_CACHE",
      offline: "MODELSCOPE_OFFLINE",
    },
    endpoint: endpointOf(variable, endpoint, usual),
    shared,
    cache: join(shared, "kindred"),
    offline: isOn(env["MODELSCOPE_OFFLINE"]),
    silence: silenceOf("MODELSCOPE_DOWNLOAD_TIMEOUT", env["MODELSCOPE_DOWNLOAD_TIMEOUT"] || "60"),
    proxies: proxyRule(env),
    async token() {
      const token = env["MODELSCOPE_API_TOKEN"]?.trim() || undefined;
      return sendable(token, "MODELSCOPE_API_TOKEN", "https://modelscope.cn/my/myaccesstoken");
    },
  };
}
