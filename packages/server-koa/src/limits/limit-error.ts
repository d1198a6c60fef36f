import { reached } from "@kindred/core";
import { rateLimited } from "../errors.ts";
import { durationText } from "./duration-text.ts";

/** What of a limit is told to whoever reached it. */
export interface Reached {
  /** "the key "alice"". */
  readonly holder: string;
  /** The limit's setting: "limits.perKey.requestsPerMinute". */
  readonly setting: string;
  /** OpenAI's type of the error. */
  readonly type: "requests" | "tokens" | "images";
  /** As OpenAI names what is limited: "requests per min (RPM)". */
  readonly what: string;
  readonly limit: number;
  readonly used: number;
  readonly requested: number;
  /** Milliseconds until a request may be taken. */
  readonly wait: number;
}

/** An http-error in OpenAI's words, whose headers say when to come again. Metrics count its limit. */
export function limitError(told: Reached): Error {
  const { holder, setting, type, what, limit, used, requested, wait } = told;
  reached(setting);
  const message = `Rate limit reached for ${holder} on ${what}: Limit ${limit} (${setting}), Used ${used}, Requested ${requested}. Please try again in ${durationText(wait)}.`;
  return Object.assign(new Error(message), {
    status: 429,
    expose: true,
    code: rateLimited,
    type,
    retryAfter: wait / 1000,
  });
}
