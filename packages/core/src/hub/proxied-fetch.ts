import { KernelError } from "../errors.ts";
import { Interruption } from "./attempts.ts";
import type { Proxy, ProxyRule } from "./proxy-rule.ts";

/** `fetch` through the proxies of a rule, which each redirect is held to as well. Its errors name the proxy. */
export async function proxiedFetch(rule: ProxyRule): Promise<typeof fetch> {
  // Loaded where a proxy is named only: it is a second copy of what Node has.
  const { Agent, Dispatcher, fetch: send, ProxyAgent } = await import("undici");
  const direct = new Agent();
  const agents = new Map<string, InstanceType<typeof ProxyAgent>>();

  const agentOf = (proxy: Proxy) => {
    const { url: uri, authorization: token } = proxy;
    const agent =
      agents.get(uri) ??
      // Proxies often refuse tunnels to other ports than 443.
      new ProxyAgent({ uri, proxyTunnel: false, ...(token !== undefined && { token }) });
    agents.set(uri, agent);
    return agent;
  };
  class ByRule extends Dispatcher {
    override dispatch(...[options, handler]: Parameters<typeof direct.dispatch>): boolean {
      const proxy = rule(new URL(String(options.origin)));
      return (proxy ? agentOf(proxy) : direct).dispatch(options, handler);
    }
  }
  const dispatcher = new ByRule();

  return async (input, init) => {
    const proxy = rule(new URL(String(input)));
    const options = { ...init, dispatcher } as Parameters<typeof send>[1];
    const response = await send(String(input), options).catch((error: unknown) => {
      throw proxy ? proxyError(error, proxy) : error;
    });
    if (proxy && response.status === 407) {
      await response.body?.cancel();
      throw refusal(407, proxy);
    }
    return response as unknown as Response;
  };
}

/** An error of a request through a proxy: what the proxy answered in place of the server, or that it did not. */
function proxyError(error: unknown, proxy: Proxy): unknown {
  const errors = causesOf(error);
  // The server's silence, or the caller's abort.
  if (!errors[0] || errors[0].name === "AbortError") return error;
  const [status] = errors.flatMap(({ message }) => {
    return /\b(?:Proxy response|Required) \((\d{3})\)/.exec(message)?.[1] ?? [];
  });
  if (status !== undefined) return refusal(Number(status), proxy);
  const last = errors.at(-1) as NodeJS.ErrnoException;
  const what = [...new Set([last.message, last.code])].filter(Boolean).join(", ");
  const text = `${what}, through the proxy ${proxy.url} of ${proxy.variable}`;
  return new Interruption(text, { cause: error });
}

/** An error and the causes below it. */
function causesOf(error: unknown): readonly Error[] {
  return error instanceof Error ? [error, ...causesOf(error.cause)] : [];
}

function refusal(status: number, { url, variable, authorization }: Proxy): Error {
  if (status >= 500) return new Interruption(`the proxy ${url} of ${variable} answers ${status}`);
  const credentials = `as in ${url.replace("://", "://USER:PASSWORD@")}`;
  const asked = authorization
    ? `does not take the user and the password of ${variable} (407). Correct them there, ${credentials}.`
    : `asks for a user and a password (407). Put them into ${variable}, ${credentials}.`;
  const refused = `does not let you through (${status}). Ask who runs it, or name another in ${variable}.`;
  const message = `The proxy ${url} ${status === 407 ? asked : refused}`;
  return new KernelError("LOAD_FAILED", message);
}
