import { KernelError } from "./errors.ts";
import { told } from "./shared/told.ts";

/** Seconds of each unit of Go's durations, as Ollama takes them. */
const units: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600 };

/**
 * The seconds of a keep-alive as clients write it: a number of seconds, or a text such as "300", "5m" or "1h30m". A negative one is
 * `Infinity`. INVALID_INPUT on `param` for anything else.
 */
export function parseKeepAlive(value: unknown, param = "keep_alive"): number {
  const seconds = typeof value === "string" ? secondsOf(value.trim()) : value;
  if (typeof seconds === "number" && !Number.isNaN(seconds))
    return seconds < 0 ? Infinity : seconds;
  const message = `${param} must be seconds such as 300, a duration such as "5m", or -1 for ever, not ${told(value)}.`;
  throw new KernelError("INVALID_INPUT", message, { param });
}

function secondsOf(text: string): number {
  if (/^-?\d+(?:\.\d+)?$/.test(text)) return Number(text);
  if (!/^-?(?:\d+(?:\.\d+)?(?:ms|s|m|h))+$/.test(text)) return NaN;
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)];
  const seconds = parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * units[unit!]!, 0);
  return text.startsWith("-") ? -seconds : seconds;
}
