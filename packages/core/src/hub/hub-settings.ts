import { KernelError } from "../errors.ts";
import type { ProxyRule } from "./proxy-rule.ts";

/** The environment's settings for a hub. */
export interface HubSettings {
  /** What the hub is called, for messages. */
  readonly hub: string;
  /** Without a slash at its end. */
  readonly endpoint: string;
  /** The folder of the repositories' folders. */
  readonly cache: string;
  /** Nothing is asked of the endpoint. */
  readonly offline: boolean;
  /** Milliseconds that a server may be silent. */
  readonly silence: number;
  /** HTTPS_PROXY, HTTP_PROXY and NO_PROXY; undefined where no proxy is named. */
  readonly proxies: ProxyRule | undefined;
  /** The variables by which others are set, for messages. */
  readonly variables: {
    readonly endpoint: string;
    readonly cache: string;
    readonly offline: string;
  };
  /** LOAD_FAILED for one that cannot be sent. */
  token(): Promise<string | undefined>;
}

/** A token as it is. LOAD_FAILED for one with characters that no header takes; `page` has tokens. */
export function sendable<T extends string | undefined>(token: T, where: string, page: string): T {
  if (token === undefined || /^[\x21-\x7e]+$/.test(token)) return token;
  const message = `The token in ${where} has spaces or characters that no token has. Copy it again from ${page}.`;
  throw new KernelError("LOAD_FAILED", message);
}

/** The address that a variable has. LOAD_FAILED for one that is none names `usual`. */
export function endpointOf(variable: string, text: string, usual: string): string {
  const endpoint = text.replace(/\/+$/, "");
  if (URL.canParse(endpoint) && /^https?:$/.test(new URL(endpoint).protocol)) return endpoint;
  const message = `${variable} must be an address such as ${usual}, not "${text}".`;
  throw new KernelError("LOAD_FAILED", message);
}

/** A variable's seconds, in milliseconds. */
export function silenceOf(variable: string, text: string): number {
  const seconds = Number(text);
  if (seconds > 0) return seconds * 1000;
  const message = `${variable} must be a number of seconds above 0, not "${text}".`;
  throw new KernelError("LOAD_FAILED", message);
}

/** Whether a switch is on, as Python's clients read theirs. */
export function isOn(text = ""): boolean {
  return /^(?:1|on|yes|true)$/i.test(text);
}
