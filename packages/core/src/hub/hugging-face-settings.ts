import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { homePath } from "./home-path.ts";
import { endpointOf, isOn, sendable, silenceOf } from "./hub-settings.ts";
import type { HubSettings } from "./hub-settings.ts";
import { proxyRule } from "./proxy-rule.ts";

/**
 * Reads the variables of Python's `huggingface_hub`. The endpoint is HF_ENDPOINT, default "https://huggingface.co". The cache is
 * HF_HUB_CACHE, or `hub` in HF_HOME, default ~/.cache/huggingface/hub. HF_HUB_OFFLINE is "offline"; the silence is HF_HUB_DOWNLOAD_TIMEOUT,
 * default 10 seconds. The token is HF_TOKEN, or the content of HF_TOKEN_PATH, by default `token` in HF_HOME. LOAD_FAILED when
 * HF_ENDPOINT is no address or HF_HUB_DOWNLOAD_TIMEOUT no number.
 */
export function huggingFaceSettings(env: NodeJS.ProcessEnv): HubSettings {
  const caches = env["XDG_CACHE_HOME"] || join(homedir(), ".cache");
  const home = homePath(env["HF_HOME"] || join(caches, "huggingface"));
  const usual = "https://huggingface.co";
  return {
    hub: "Hugging Face",
    variables: { endpoint: "HF_ENDPOINT", cache: "HF_HUB_CACHE", offline: "HF_HUB_OFFLINE" },
    endpoint: endpointOf("HF_ENDPOINT", env["HF_ENDPOINT"] || usual, usual),
    cache: homePath(env["HF_HUB_CACHE"] || env["HUGGINGFACE_HUB_CACHE"] || join(home, "hub")),
    offline: isOn(env["HF_HUB_OFFLINE"]),
    silence: silenceOf("HF_HUB_DOWNLOAD_TIMEOUT", env["HF_HUB_DOWNLOAD_TIMEOUT"] || "10"),
    proxies: proxyRule(env),
    async token() {
      const path = homePath(env["HF_TOKEN_PATH"] || join(home, "token"));
      const given = env["HF_TOKEN"]?.trim() || env["HUGGING_FACE_HUB_TOKEN"]?.trim();
      const token = given || (await stored(path));
      const where = given ? "HF_TOKEN" : path;
      return sendable(token, where, "https://huggingface.co/settings/tokens");
    },
  };
}

async function stored(path: string): Promise<string | undefined> {
  return readFile(path, "utf8").then(
    (text) => text.trim() || undefined,
    () => undefined,
  );
}
