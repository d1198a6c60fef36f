import { reached } from "../bounds.ts";
import { isKernelError, KernelError } from "../errors.ts";
import type { GraphSource } from "../graph.ts";
import { after } from "./timer.ts";

/** Bytes a second that a slow network mount still reads, and milliseconds for all else. */
const slowest = 5_000_000;
const start = 120_000;

/**
 * Aborts an opening that takes longer than its files can: two minutes, and a second for every 5 MB. A request that was
 * aborted does not end it, since the next request needs the graph too; one that is CLOSED does: the server is at its deadline.
 */
export class OpeningWatch {
  readonly #abort = new AbortController();
  readonly #request: AbortSignal;
  readonly #stopTimer: () => void;

  constructor({ name, peakBytes }: GraphSource, request: AbortSignal) {
    const max = start + (peakBytes / slowest) * 1000;
    this.#request = request;
    this.#stopTimer = after(max, () => {
      reached("graph.opening");
      const message = `Graph "${name}" was not open after ${Math.round(max / 1000)} s. Check that the disk or network mount of its files answers, then ask again.`;
      this.#abort.abort(new KernelError("LOAD_FAILED", message));
    });
    request.addEventListener("abort", this.#requestAborted, { once: true });
    this.#requestAborted();
  }

  /** Its reason is a KernelError. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** The opening has settled. */
  end(): void {
    this.#stopTimer();
    this.#request.removeEventListener("abort", this.#requestAborted);
  }

  readonly #requestAborted = (): void => {
    const { reason } = this.#request;
    if (isKernelError(reason) && reason.code === "CLOSED") this.#abort.abort(reason);
  };
}
