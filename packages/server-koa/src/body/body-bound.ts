import { reached } from "@kindred/core";

/** The most bytes of one body, and the setting that says so. */
export interface BodyBound {
  readonly maxBytes: number;
  readonly setting: string;
}

/** The smaller of a kind's own bound, and what the memory for all bodies leaves to one. */
export function bodyBound(kind: "json" | "form", own: number, room: number): BodyBound {
  if (own <= room) return { maxBytes: own, setting: `limits.${kind}` };
  return { maxBytes: room, setting: "limits.all" };
}

/** An http-error for a body beyond its bound. Metrics count the bound. */
export function tooManyBytes(what: "body" | "form", { maxBytes, setting }: BodyBound): Error {
  return tooLarge(`The ${what} is larger than ${maxBytes} bytes (${setting}).`, setting);
}

/** An http-error for a body that a bound refuses. Metrics count the bound. */
export function tooLarge(message: string, bound: string): Error {
  reached(bound);
  return Object.assign(new Error(message), { status: 413, expose: true });
}
