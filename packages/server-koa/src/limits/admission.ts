import { KernelError, reached } from "@kindred/core";
import type { Counts } from "@kindred/core";
import type { Account } from "./account.ts";
import type { Bucket } from "./bucket.ts";
import { limitError } from "./limit-error.ts";
import type { Reached } from "./limit-error.ts";
import { limitHeaders } from "./limit-headers.ts";

/** One request within the limits of its caller and its server. */
export class Admission {
  readonly #accounts: readonly Account[];
  readonly #clock: () => number;

  constructor(accounts: readonly Account[], clock: () => number) {
    this.#accounts = accounts;
    this.#clock = clock;
  }

  /** Takes the request from all accounts. An http-error when one has no request left, or owes tokens; then it is taken from none. */
  take(): void {
    const now = this.#clock();
    const [longest] = this.#accounts
      .flatMap(minuteLimits)
      .map((limit) => ({ ...limit, wait: limit.bucket.untilOne(now) }))
      .toSorted((one, other) => other.wait - one.wait);
    if (longest && longest.wait > 0) throw tooSoon(longest, longest.wait, now);
    for (const { requests } of this.#accounts) requests?.take(1, now);
  }

  /**
   * Holds the pictures of this request until what is returned is disposed. INVALID_INPUT on `pictures` for more than are ever taken,
   * an http-error for more than are taken now.
   */
  hold({ pictures = 0 }: Counts = {}): Disposable {
    const now = this.#clock();
    for (const account of this.#accounts) checkPictures(account, pictures);
    for (const { pictures: inHand } of this.#accounts) if (pictures > 0) inHand.add(pictures, now);
    let isHeld = pictures > 0;
    return {
      [Symbol.dispose]: () => {
        if (!isHeld) return;
        isHeld = false;
        for (const each of this.#accounts) each.pictures.remove(pictures, this.#clock());
      },
    };
  }

  /** Takes what the request took, once it was answered. */
  charge({ tokens = 0 }: Counts): void {
    if (tokens === 0) return;
    for (const account of this.#accounts) account.tokens?.take(tokens, this.#clock());
  }

  /** OpenAI's headers, as the limits are now. */
  get headers(): Readonly<Record<string, string>> {
    const requests = this.#accounts.flatMap((account) => account.requests ?? []);
    const tokens = this.#accounts.flatMap((account) => account.tokens ?? []);
    return limitHeaders({ requests, tokens }, this.#clock());
  }
}

/** A limit of an account by the minute. */
interface MinuteLimit extends Pick<Reached, "holder" | "setting" | "type" | "what"> {
  readonly bucket: Bucket;
}

function minuteLimits({ holder, place, requests, tokens }: Account): readonly MinuteLimit[] {
  const limits: MinuteLimit[] = [];
  if (requests) {
    const setting = `${place}requestsPerMinute`;
    const what = "requests per min (RPM)";
    limits.push({ holder, setting, type: "requests", what, bucket: requests });
  }
  if (tokens) {
    const setting = `${place}tokensPerMinute`;
    limits.push({ holder, setting, type: "tokens", what: "tokens per min (TPM)", bucket: tokens });
  }
  return limits;
}

function tooSoon({ bucket, ...limit }: MinuteLimit, wait: number, now: number): Error {
  const { perMinute } = bucket;
  const used = Math.ceil(perMinute - bucket.left(now));
  return limitError({ ...limit, limit: perMinute, used, requested: 1, wait });
}

function checkPictures({ holder, place, rates, pictures: inHand }: Account, asked: number): void {
  const { picturesAtOnce = Infinity } = rates;
  for (const name of ["picturesPerRequest", "picturesAtOnce"] as const) {
    if (asked > (rates[name] ?? Infinity)) throw tooMany(asked, place + name, rates[name]!);
  }
  const used = inHand.count;
  const excess = used + asked - picturesAtOnce;
  if (asked === 0 || excess <= 0) return;
  throw limitError({
    holder,
    setting: `${place}picturesAtOnce`,
    type: "images",
    what: "pictures at once",
    limit: picturesAtOnce,
    used,
    requested: asked,
    wait: inHand.untilGone(excess),
  });
}

function tooMany(asked: number, setting: string, max: number): KernelError {
  reached(setting);
  return new KernelError(
    "INVALID_INPUT",
    `The request asks for ${asked} pictures, and at most ${max} are taken in one (${setting}). Ask for fewer.`,
    { param: "pictures" },
  );
}
