import { reached } from "../bounds.ts";
import { KernelError } from "../errors.ts";
import type { Launch } from "../launch.ts";

const LOAD_SECONDS = 120;

/** Node would make a longer timer one of 1 ms. */
const maxTimer = 2 ** 31 - 1;

/** The time in which a load must end or come further. Its signal aborts with LOAD_FAILED once it is over. */
export class LoadDeadline implements Disposable {
  readonly #ended = new AbortController();
  readonly #timer: NodeJS.Timeout | undefined;

  constructor({ id, loadTimeout: seconds = LOAD_SECONDS }: Launch) {
    if (seconds * 1000 > maxTimer) return;
    const end = (): void => {
      reached("loadTimeout");
      const message = `"${id}" has been loading for ${seconds} seconds without progress, and was given up. Check that the disk of its files answers, or launch it with a longer loadTimeout.`;
      this.#ended.abort(new KernelError("LOAD_FAILED", message));
    };
    this.#timer = setTimeout(end, seconds * 1000);
  }

  get signal(): AbortSignal {
    return this.#ended.signal;
  }

  /** The load has come further: its time begins anew. */
  extend(): void {
    this.#timer?.refresh();
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}
