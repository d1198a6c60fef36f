import { KernelError } from "../errors.ts";
import { Interruption } from "./attempts.ts";
import type { HubProtocol } from "./hub-protocol.ts";

/** The `Interruption` of an answer that may be another at the next attempt. undefined for all others. */
export function busyError({ status, headers }: Response, endpoint: string): Error | undefined {
  if (status !== 408 && status !== 429 && status < 500) return undefined;
  const host = new URL(endpoint).host;
  const message =
    status === 429 ? `${host} answers 429, too many requests` : `${host} answers ${status}`;
  return new Interruption(message, { retryAfter: retryAfterOf(headers) });
}

/** The error of an answer that the hub's protocol does not know. */
export function misunderstood({
  name,
  settings,
}: Pick<HubProtocol, "name" | "settings">): KernelError {
  const { endpoint, hub, variables } = settings;
  const message = `${endpoint} does not answer as ${hub} does when asked about ${name.repo}. Check ${variables.endpoint}, and proxies on the way.`;
  return new KernelError("LOAD_FAILED", message);
}

/** `Retry-After` in milliseconds: a number of seconds or a date. */
function retryAfterOf(headers: Headers): number | undefined {
  const text = headers.get("retry-after");
  if (text === null) return undefined;
  const wait = /^\d+$/.test(text.trim()) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isNaN(wait) ? undefined : Math.max(0, wait);
}
