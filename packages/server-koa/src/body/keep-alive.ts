import { parseKeepAlive } from "@kindred/core";

/** A body without `keep_alive`, which every endpoint takes: how long its model stays open, as Ollama has it. */
export interface Kept {
  readonly value: unknown;
  /** Seconds. Absent when the body does not say. */
  readonly keepAlive?: number;
}

/** Takes `keep_alive` out of a body, before its endpoint checks the rest. INVALID_INPUT for what is no duration. */
export function takeKeepAlive(body: unknown): Kept {
  if (typeof body !== "object" || body === null || !Object.hasOwn(body, "keep_alive"))
    return { value: body };
  const { keep_alive: given, ...value } = body as Readonly<Record<string, unknown>>;
  if (given === null) return { value };
  return { value, keepAlive: parseKeepAlive(given) };
}
