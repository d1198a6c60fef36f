import type { BodyLimits } from "../body/read-body.ts";
import { Account } from "./account.ts";
import { Admission } from "./admission.ts";
import { checkBodyLimits } from "./check-body-limits.ts";
import { checkRates, rateNames, ratesOf } from "./rates.ts";
import type { RateOptions } from "./rates.ts";

/** The limits of a server: bounds of bodies, the rates of all callers together, and those of each. */
export interface LimitOptions extends BodyLimits, RateOptions {}

/** Callers whose use is remembered. One more has the one that was silent for longest forgotten. */
const maxCallers = 10_000;

/**
 * The limits of a server, which can be exchanged while it runs. They are of one process, and are forgotten when it ends. A request is taken or
 * refused in a time that does not depend on the number of callers.
 */
export class Limits {
  #options: LimitOptions;
  readonly #clock: () => number;
  readonly #server = new Account("this server", "limits.");
  /** The one that was silent for longest comes first. */
  readonly #callers = new Map<string | undefined, Account>();

  /** TypeError for a limit that is none. `clock` tells milliseconds. Default: those of `performance.now()`. */
  constructor(options: LimitOptions = {}, clock: () => number = () => performance.now()) {
    checkLimits(options);
    this.#options = options;
    this.#clock = clock;
  }

  /** Has these from the next request on. What was used of a limit stays used. TypeError as the constructor has; the limits are then as they were. */
  replace(options: LimitOptions): void {
    checkLimits(options);
    this.#options = options;
  }

  /** The bounds of bodies, as they are now. */
  get bodies(): BodyLimits {
    return this.#options;
  }

  /** A caller's next request. It is not taken yet. */
  of(caller: string | undefined): Admission {
    const { perKey: _, ...own } = this.#options;
    this.#server.use(own, this.#clock());
    const account = this.#accountOf(caller);
    return new Admission(account ? [account, this.#server] : [this.#server], this.#clock);
  }

  #accountOf(caller: string | undefined): Account | undefined {
    const rates = ratesOf(this.#options, caller);
    if (Object.keys(rates).length === 0) return undefined;
    const known = this.#callers.get(caller);
    const account = known ?? new Account(holderOf(caller), "limits.perKey.");
    account.use(rates, this.#clock());
    this.#callers.delete(caller);
    this.#callers.set(caller, account);
    if (this.#callers.size > maxCallers) this.#callers.delete(this.#callers.keys().next().value);
    return account;
  }
}

/** Any caller's name may be in a message, since its own request has it. A key never is. */
function holderOf(caller: string | undefined): string {
  return caller === undefined ? "callers without a key" : `the key "${caller}"`;
}

const bodyNames: Readonly<Record<keyof BodyLimits, true>> = {
  json: true,
  form: true,
  all: true,
  ratio: true,
  encodings: true,
};

/** TypeError for limits that are none. */
function checkLimits(options: LimitOptions): void {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`limits must be an object, not ${JSON.stringify(options)}.`);
  }
  const known = [...Object.keys(bodyNames), ...rateNames, "perKey"];
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new TypeError(`limits has no "${unknown}". It may have ${known.join(", ")}.`);
  }
  checkBodyLimits(options);
  checkRates(options);
}
