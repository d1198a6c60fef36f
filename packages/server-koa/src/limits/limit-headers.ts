import type { Bucket } from "./bucket.ts";
import { durationText } from "./duration-text.ts";

/** What OpenAI's headers tell of. */
const told = ["requests", "tokens"] as const;

/** The names of the headers. */
export const limitHeaderNames: readonly string[] = told.flatMap((what) => namesOf(what));

/** Buckets of one kind: the server's and a caller's. */
type Buckets = Readonly<Record<(typeof told)[number], readonly Bucket[]>>;

/** OpenAI's headers of the buckets that have the least left. Without buckets of a kind, there are none of it. */
export function limitHeaders(buckets: Buckets, now: number): Record<string, string> {
  return Object.fromEntries(told.flatMap((what) => headersOf(what, buckets[what], now)));
}

function headersOf(
  what: string,
  buckets: readonly Bucket[],
  now: number,
): readonly (readonly [string, string])[] {
  const [first, ...others] = buckets;
  if (!first) return [];
  const least = others.reduce(
    (one, other) => (other.left(now) < one.left(now) ? other : one),
    first,
  );
  const remaining = Math.max(0, Math.floor(least.left(now)));
  const values = [String(least.perMinute), String(remaining), durationText(least.untilFull(now))];
  return namesOf(what).map((name, index) => [name, values[index]!]);
}

function namesOf(what: string): readonly string[] {
  return ["limit", "remaining", "reset"].map((part) => `x-ratelimit-${part}-${what}`);
}
