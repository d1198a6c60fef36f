import { throwIfAborted } from "./errors.ts";
import { closed } from "./lane.ts";
import type { LaneOptions } from "./lane.ts";
import { Pace } from "./pace.ts";

/** Who may come into a lane: nobody once it is closed, and no more than may wait. */
export class Entrance {
  /** Tells those for whom there is no place when to come again. */
  readonly pace: Pace = new Pace();
  readonly #options: LaneOptions;
  #closed = false;

  constructor(options: LaneOptions) {
    this.#options = options;
  }

  /** CLOSED, ABORTED, or OVERLOADED when as many wait as may. */
  admit(signal: AbortSignal, waiting: number): void {
    const { model, most } = this.#options;
    this.check(signal);
    if (waiting >= most) throw this.pace.overloaded(model, waiting);
  }

  /** CLOSED or ABORTED, for a request that was admitted before. */
  check(signal: AbortSignal): void {
    if (this.#closed) throw closed(this.#options.model);
    throwIfAborted(signal);
  }

  close(): void {
    this.#closed = true;
  }
}
