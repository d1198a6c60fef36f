import { setMaxListeners } from "node:events";
import { throwIfAborted } from "../errors.ts";
import { closed } from "./lane.ts";
import type { LaneOptions } from "./lane.ts";
import { Pace } from "./pace.ts";

/** Admits requests to a lane: as many as may wait, and none once the lane is closed. */
export class Admission {
  /** Says when to come again to requests that find the queue full. */
  readonly pace: Pace = new Pace();
  readonly #options: LaneOptions;
  readonly #closing = new AbortController();

  constructor(options: LaneOptions) {
    this.#options = options;
    // Every waiting request listens: no leak that Node should warn of.
    setMaxListeners(0, this.closing);
  }

  /** Aborts with CLOSED. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /** CLOSED, ABORTED, or OVERLOADED when `maxWaiting` wait already. */
  admit(signal: AbortSignal, waiting: number): void {
    const { model, maxWaiting } = this.#options;
    this.check(signal);
    if (waiting >= maxWaiting) throw this.pace.overloaded(model, waiting);
  }

  /** CLOSED or ABORTED. */
  check(signal: AbortSignal): void {
    throwIfAborted(this.closing);
    throwIfAborted(signal);
  }

  close(): void {
    this.#closing.abort(closed(this.#options.model));
  }
}
