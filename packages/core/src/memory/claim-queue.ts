import { abortError, throwIfAborted } from "../errors.ts";

export interface Claim<Holder> {
  readonly holder: Holder;
  readonly take: () => boolean;
  readonly grant: () => void;
  readonly refuse: (error: unknown) => void;
}

/** Milliseconds. Others may share the allocator, and nobody tells when they give memory back. */
const retryInterval = 100;

/** The line of those who wait for a device's memory. It is served first come, first served. */
export class ClaimQueue<Holder> {
  /** First come first. */
  readonly claims: Set<Claim<Holder>> = new Set();
  readonly #makeRoom: (first: Holder) => Promise<boolean>;
  #serving = false;
  #retry: NodeJS.Timeout | undefined;

  /** `makeRoom` has others give memory back for the first in line, and says whether any did. */
  constructor(makeRoom: (first: Holder) => Promise<boolean>) {
    this.#makeRoom = makeRoom;
  }

  has(holder: Holder): boolean {
    return [...this.claims].some((claim) => claim.holder === holder);
  }

  /** Resolves once `take` has succeeded at the head of the line. ABORTED or refused, and then it has not. */
  async wait(holder: Holder, take: () => boolean, signal: AbortSignal): Promise<void> {
    throwIfAborted(signal);
    let abort = () => {};
    const granted = new Promise<void>((grant, refuse) => {
      const claim = { holder, take, grant, refuse };
      abort = () => this.#withdraw(claim, abortError(signal));
      this.claims.add(claim);
    });
    signal.addEventListener("abort", abort, { once: true });
    void this.serve();
    await granted.finally(() => signal.removeEventListener("abort", abort));
  }

  /** Ends what a holder waits for with an error. */
  refuse(holder: Holder, error: unknown): void {
    for (const claim of this.claims) if (claim.holder === holder) this.#withdraw(claim, error);
  }

  /** Serves the line as far as there is memory. Called whenever some may have come back. */
  async serve(): Promise<void> {
    if (this.#serving) return;
    this.#serving = true;
    clearTimeout(this.#retry);
    for (let [claim] = this.claims; claim; [claim] = this.claims) {
      try {
        if (claim.take()) {
          this.claims.delete(claim);
          claim.grant();
        } else if (!(await this.#makeRoom(claim.holder))) break;
      } catch (error) {
        this.#withdraw(claim, error);
      }
    }
    this.#serving = false;
    if (this.claims.size > 0) this.#retry = setTimeout(() => void this.serve(), retryInterval);
  }

  #withdraw(claim: Claim<Holder>, error: unknown): void {
    this.claims.delete(claim);
    claim.refuse(error);
    void this.serve();
  }
}
