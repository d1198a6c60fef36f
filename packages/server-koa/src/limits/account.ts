import { Bucket } from "./bucket.ts";
import { PicturesInHand } from "./pictures-in-hand.ts";
import type { Rates } from "./rates.ts";

/** What one caller, or all together, have used of their rates. */
export class Account {
  /** Names its holder in messages. */
  readonly holder: string;
  /** The settings of its rates, for messages and metrics: "limits." or "limits.perKey.". */
  readonly place: string;
  readonly pictures: PicturesInHand = new PicturesInHand();
  #rates: Rates = {};
  #requests: Bucket | undefined;
  #tokens: Bucket | undefined;

  constructor(holder: string, place: string) {
    this.holder = holder;
    this.place = place;
  }

  get rates(): Rates {
    return this.#rates;
  }

  /** undefined: any number is taken. */
  get requests(): Bucket | undefined {
    return this.#requests;
  }

  /** undefined: any number is taken. */
  get tokens(): Bucket | undefined {
    return this.#tokens;
  }

  /** Has these rates from now on. What was used stays used. */
  use(rates: Rates, now: number): void {
    this.#rates = rates;
    this.#requests = resized(this.#requests, rates.requestsPerMinute, now);
    this.#tokens = resized(this.#tokens, rates.tokensPerMinute, now);
  }
}

function resized(
  bucket: Bucket | undefined,
  perMinute: number = Infinity,
  now: number,
): Bucket | undefined {
  if (perMinute === Infinity) return undefined;
  bucket?.resize(perMinute, now);
  return bucket ?? new Bucket(perMinute, now);
}
