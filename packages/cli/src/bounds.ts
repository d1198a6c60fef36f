import type { ServeOptions } from "@kindred/server-koa";
import { UsageError } from "./usage.ts";

export interface BoundFlags {
  readonly "drain-seconds"?: string | undefined;
  readonly "max-connections"?: string | undefined;
}

/** The options of `serve` for its end and its connections. Absent flags leave its defaults. */
export function parseBounds(flags: BoundFlags): Pick<ServeOptions, "drainDelay" | "connections"> {
  const { "drain-seconds": seconds, "max-connections": max } = flags;
  return {
    ...(seconds !== undefined && { drainDelay: 1000 * parseSeconds(seconds) }),
    ...(max !== undefined && { connections: { max: parseCount(max) } }),
  };
}

/** The longest that a balancer may take to look again. */
const maxSeconds = 3_600;

function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (text.trim() !== "" && seconds >= 0 && seconds <= maxSeconds) return seconds;
  throw new UsageError(`--drain-seconds must be a number from 0 to ${maxSeconds}, not "${text}".`);
}

function parseCount(text: string): number {
  const count = Number(text);
  if (Number.isSafeInteger(count) && count > 0) return count;
  throw new UsageError(`--max-connections must be a whole number, 1 or more, not "${text}".`);
}
