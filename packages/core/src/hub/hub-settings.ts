import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { KernelError } from "../errors.ts";
import { homePath } from "./home-path.ts";
import { proxyRule } from "./proxy-rule.ts";
import type { ProxyRule } from "./proxy-rule.ts";

/** The environment's settings for Hugging Face, by the variables of Python's `huggingface_hub`. */
export interface HubSettings {
  /** HF_ENDPOINT, without a slash at its end. Default "https://huggingface.co". */
  readonly endpoint: string;
  /** HF_HUB_CACHE, or `hub` in HF_HOME; default ~/.cache/huggingface/hub. */
  readonly cache: string;
  /** HF_HUB_OFFLINE: nothing is asked of the endpoint. */
  readonly offline: boolean;
  /** HF_HUB_DOWNLOAD_TIMEOUT in milliseconds: how long a server may be silent. Default 10,000. */
  readonly silence: number;
  /** HTTPS_PROXY, HTTP_PROXY and NO_PROXY; undefined where no proxy is named. */
  readonly proxies: ProxyRule | undefined;
  /** HF_TOKEN, or the content of HF_TOKEN_PATH, by default `token` in HF_HOME. LOAD_FAILED for one that cannot be sent. */
  token(): Promise<string | undefined>;
}

/** Reads the environment. LOAD_FAILED when HF_ENDPOINT or a proxy is no address, or HF_HUB_DOWNLOAD_TIMEOUT no number. */
export function hubSettings(env: NodeJS.ProcessEnv): HubSettings {
  const caches = env["XDG_CACHE_HOME"] || join(homedir(), ".cache");
  const home = homePath(env["HF_HOME"] || join(caches, "huggingface"));
  return {
    endpoint: endpointOf(env["HF_ENDPOINT"] || "https://huggingface.co"),
    cache: homePath(env["HF_HUB_CACHE"] || env["HUGGINGFACE_HUB_CACHE"] || join(home, "hub")),
    offline: /^(?:1|on|yes|true)$/i.test(env["HF_HUB_OFFLINE"] ?? ""),
    silence: silenceOf(env["HF_HUB_DOWNLOAD_TIMEOUT"] || "10"),
    proxies: proxyRule(env),
    async token() {
      const path = homePath(env["HF_TOKEN_PATH"] || join(home, "token"));
      const given = env["HF_TOKEN"]?.trim() || env["HUGGING_FACE_HUB_TOKEN"]?.trim();
      const token = given || (await stored(path));
      if (token === undefined || /^[\x21-\x7e]+$/.test(token)) return token;
      const where = given ? "HF_TOKEN" : path;
      throw new KernelError(
        "LOAD_FAILED",
        `The token in ${where} has spaces or characters that no token has. Copy it again from https://huggingface.co/settings/tokens.`,
      );
    },
  };
}

async function stored(path: string): Promise<string | undefined> {
  return readFile(path, "utf8").then(
    (text) => text.trim() || undefined,
    () => undefined,
  );
}

function endpointOf(text: string): string {
  const endpoint = text.replace(/\/+$/, "");
  if (URL.canParse(endpoint) && /^https?:$/.test(new URL(endpoint).protocol)) return endpoint;
  const message = `HF_ENDPOINT must be an address such as https://huggingface.co, not "${text}".`;
  throw new KernelError("LOAD_FAILED", message);
}

function silenceOf(text: string): number {
  const seconds = Number(text);
  if (seconds > 0) return seconds * 1000;
  const message = `HF_HUB_DOWNLOAD_TIMEOUT must be a number of seconds above 0, not "${text}".`;
  throw new KernelError("LOAD_FAILED", message);
}
