import { KernelError } from "../errors.ts";

/** A proxy that the environment names. */
export interface Proxy {
  /** Its address without a user and a password, so that it can be told. */
  readonly url: string;
  /** The variable that names it: "HTTPS_PROXY". */
  readonly variable: string;
  /** `Proxy-Authorization`, where the variable has a user. */
  readonly authorization?: string;
}

/** The proxy that an address is asked through; undefined for one that is asked directly. */
export type ProxyRule = (url: URL) => Proxy | undefined;

/**
 * The rule of HTTPS_PROXY for https:, HTTP_PROXY for http: and NO_PROXY, the lower-case ones first. undefined where no proxy is named. LOAD_FAILED
 * when a variable is no address.
 */
export function proxyRule(env: NodeJS.ProcessEnv): ProxyRule | undefined {
  const https = proxyOf(env, "https_proxy");
  const http = proxyOf(env, "http_proxy");
  if (!https && !http) return undefined;
  const exceptions = (env["no_proxy"] || env["NO_PROXY"] || "").split(/[\s,]+/).filter(Boolean);
  return (url) => {
    if (exceptions.some((exception) => isMeant(exception, url))) return undefined;
    return url.protocol === "https:" ? https : http;
  };
}

function proxyOf(env: NodeJS.ProcessEnv, name: string): Proxy | undefined {
  const variable = env[name] ? name : name.toUpperCase();
  const text = env[variable];
  if (!text) return undefined;
  const address = text.includes("://") ? text : `http://${text}`;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    // It may have a password, so it is not quoted.
    const message = `${variable} must be an address such as http://proxy.example.org:3128. It has another form, or another protocol than http and https.`;
    throw new KernelError("LOAD_FAILED", message);
  }
  const { username, password, origin } = url;
  const user = `${decoded(username)}:${decoded(password)}`;
  const authorization = `Basic ${Buffer.from(user).toString("base64")}`;
  return { url: origin, variable, ...(username !== "" && { authorization }) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const ports: ReadonlyMap<string, string> = new Map([
  ["http:", "80"],
  ["https:", "443"],
]);

/** Whether an entry of NO_PROXY means a host: its name, a domain above it, "*", each with a port or without. */
function isMeant(exception: string, { hostname, port, protocol }: URL): boolean {
  if (exception === "*") return true;
  const [, name = "", only] = /^(.*?)(?::(\d+))?$/.exec(exception.toLowerCase()) ?? [];
  const isOnPort = only === undefined || only === (port || ports.get(protocol));
  const domain = name.replace(/^\*?\./, "");
  return isOnPort && (hostname === domain || hostname.endsWith(`.${domain}`));
}
