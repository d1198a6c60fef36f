import { Interruption } from "./attempts.ts";

/** Ends a request whose server is silent for too long, or that is aborted. */
export class SilenceWatch implements Disposable {
  readonly signal: AbortSignal;
  readonly #silent = new AbortController();
  readonly #ended = new AbortController();
  readonly #milliseconds: number;
  readonly #timer: NodeJS.Timeout;

  constructor(milliseconds: number, signal: AbortSignal) {
    this.#milliseconds = milliseconds;
    this.#timer = setTimeout(() => this.#silent.abort(), milliseconds);
    this.signal = AbortSignal.any([signal, this.#silent.signal, this.#ended.signal]);
  }

  /** The server said something: its time begins anew. */
  heard(): void {
    this.#timer.refresh();
  }

  /** An error of `fetch` or of a body, as an interruption. */
  interruption(cause: unknown): Interruption {
    const reason = this.#silent.signal.aborted
      ? `the server was silent for ${this.#milliseconds / 1000} seconds`
      : reasonOf(cause);
    return new Interruption(reason, { cause });
  }

  /** Ends what is left of the request. */
  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#ended.abort();
  }
}

/** `fetch` says "fetch failed", and why in its cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, message } = (error.cause ?? error) as NodeJS.ErrnoException;
  return [...new Set([message, code])].filter(Boolean).join(", ") || error.message;
}
