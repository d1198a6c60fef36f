import { shown } from "../milliseconds.ts";

/** How much may be asked for. Each is a whole number, 1 or more, or `Infinity`. Default of each: any. */
export interface Rates {
  /**
   * Requests that endpoints take in a minute. They are saved up for a minute at most: after a silent minute, all may come at once.
   * Beyond them a request is answered 429.
   */
  readonly requestsPerMinute?: number;
  /**
   * Tokens that answered requests took in a minute, saved up in the same way. A request's are known once it was answered. One that takes
   * more than are left is answered, and those after it are answered 429 until it is made up for.
   */
  readonly tokensPerMinute?: number;
  /** Pictures that are made or wait for that, at the same time. Beyond them a request is answered 429. */
  readonly picturesAtOnce?: number;
  /** Pictures of one request. Beyond them it is answered 400. */
  readonly picturesPerRequest?: number;
}

/** The rates of all callers together, and of each. */
export interface RateOptions extends Rates {
  /**
   * The rates of a caller, by the name of its key; "*" has those of every other, and those that a named caller's leave out.
   * Requests without a caller share one. Default: the server's alone hold.
   */
  readonly perKey?: Readonly<Record<string, Rates>>;
}

const names = [
  "requestsPerMinute",
  "tokensPerMinute",
  "picturesAtOnce",
  "picturesPerRequest",
] as const satisfies readonly (keyof Rates)[];

/** The names of the rates, in their order in the documentation. */
export const rateNames: readonly string[] = names;

/** TypeError for a rate that is none. */
export function checkRates({ perKey, ...rates }: RateOptions): void {
  check(rates, "limits");
  if (perKey === undefined) return;
  if (typeof perKey !== "object" || perKey === null) {
    throw new TypeError(
      `limits.perKey must be an object of limits by the names of keys, not ${shown(perKey)}.`,
    );
  }
  for (const [key, each] of Object.entries(perKey)) {
    const place = `limits.perKey.${key}`;
    if (typeof each !== "object" || each === null) {
      throw new TypeError(`${place} must be an object of limits, not ${shown(each)}.`);
    }
    const unknown = Object.keys(each).find((name) => !rateNames.includes(name));
    if (unknown !== undefined) {
      throw new TypeError(`${place} has no "${unknown}". It may have ${rateNames.join(", ")}.`);
    }
    check(each, place);
  }
}

function check(rates: Rates, place: string): void {
  for (const name of names) {
    const value = rates[name];
    if (value === undefined || value === Infinity || (Number.isInteger(value) && value > 0))
      continue;
    throw new TypeError(
      `${place}.${name} must be a whole number, 1 or more, or Infinity, not ${shown(value)}.`,
    );
  }
}

/** The rates of a caller: its own, and "*"'s where those say nothing. */
export function ratesOf({ perKey = {} }: RateOptions, caller: string | undefined): Rates {
  const own = caller !== undefined && Object.hasOwn(perKey, caller) ? perKey[caller] : undefined;
  return { ...perKey["*"], ...own };
}
