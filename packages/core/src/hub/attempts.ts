import { setTimeout } from "node:timers/promises";
import { abortError, KernelError } from "../errors.ts";

/** A failure that another attempt may not have: a broken connection, a server that has too much to do. */
export class Interruption extends Error {
  override readonly name = "Interruption";
  /** Milliseconds that the server asks to wait. */
  readonly retryAfter?: number;

  constructor(
    message: string,
    { retryAfter, cause }: { retryAfter?: number | undefined; cause?: unknown } = {},
  ) {
    super(message, cause === undefined ? undefined : { cause });
    if (retryAfter !== undefined) this.retryAfter = retryAfter;
  }
}

/** Milliseconds before the third attempt; each further pause is twice as long. The second follows at once. */
const firstPause = 100;
/** Milliseconds. A server that asks for more is not waited for. */
const longestPause = 60_000;

/** Counts attempts in a row that came to nothing, and waits between them. */
export class Attempts {
  readonly #what: string;
  readonly #max: number;
  readonly #signal: AbortSignal;
  #failed = 0;

  /** `what` is the subject of the final message: "model.safetensors of BAAI/bge-small-en-v1.5". */
  constructor(what: string, max: number, signal: AbortSignal) {
    this.#what = what;
    this.#max = max;
    this.#signal = signal;
  }

  /** Something came: the count begins anew. */
  progressed(): void {
    this.#failed = 0;
  }

  /**
   * Resolves when the next attempt may begin. Rejects with `error` when it is no `Interruption`, with LOAD_FAILED after
   * the last attempt or when the server asks for too long a pause, with ABORTED by the signal.
   */
  async after(error: unknown): Promise<void> {
    if (this.#signal.aborted) throw abortError(this.#signal);
    if (!(error instanceof Interruption)) throw error;
    this.#failed += 1;
    const pause = error.retryAfter ?? pauseAfter(this.#failed);
    if (this.#failed >= this.#max || pause > longestPause) throw this.#final(error);
    try {
      await setTimeout(pause, undefined, { signal: this.#signal });
    } catch {
      throw abortError(this.#signal);
    }
  }

  #final(error: Interruption): KernelError {
    const { message, retryAfter } = error;
    const tries = this.#failed === 1 ? "" : ` ${this.#failed} attempts in a row came to nothing.`;
    const seconds = retryAfter === undefined ? undefined : Math.ceil(retryAfter / 1000);
    const when =
      seconds === undefined ? "Launch it again later" : `Launch it again in ${seconds} seconds`;
    return new KernelError(
      "LOAD_FAILED",
      `${this.#what} could not be downloaded: ${message}.${tries} ${when}: it goes on from where it was.`,
      { cause: error, retryAfter: seconds },
    );
  }
}

function pauseAfter(failed: number): number {
  return failed === 1 ? 0 : firstPause * 2 ** (failed - 2);
}
