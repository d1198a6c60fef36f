import { setMaxListeners } from "node:events";
import { throwIfAborted } from "../errors.ts";
import { closed } from "./lane.ts";
import type { LaneOptions } from "./lane.ts";
import { Pace } from "./pace.ts";

/** Who may come into a lane: nobody once it is closed, and no more than may wait. */
export class Admission {
  /** Tells those for whom there is no place when to come again. */
  readonly pace: Pace = new Pace();
  readonly #options: LaneOptions;
  readonly #closing = new AbortController();

  constructor(options: LaneOptions) {
    this.#options = options;
    // As many listen as requests may wait: no leak that Node should warn of.
    setMaxListeners(0, this.closing);
  }

  /** Aborts with CLOSED. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /** CLOSED, ABORTED, or OVERLOADED when as many wait as may. */
  admit(signal: AbortSignal, waiting: number): void {
    const { model, maxWaiting } = this.#options;
    this.check(signal);
    if (waiting >= maxWaiting) throw this.pace.overloaded(model, waiting);
  }

  /** CLOSED or ABORTED, for a request that was admitted before. */
  check(signal: AbortSignal): void {
    throwIfAborted(this.closing);
    throwIfAborted(signal);
  }

  close(): void {
    this.#closing.abort(closed(this.#options.model));
  }
}
