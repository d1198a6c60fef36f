import { reached } from "../bounds.ts";
import { KernelError } from "../errors.ts";

/** How fast a lane gets through its requests: a moving average of the seconds between two answers while it was busy. */
export class Pace {
  #secondsEach = 1;
  #since = 0;
  #measured = false;

  busy(): void {
    this.#since = performance.now();
  }

  answered(): void {
    const now = performance.now();
    const seconds = (now - this.#since) / 1000;
    this.#secondsEach = this.#measured ? 0.8 * this.#secondsEach + 0.2 * seconds : seconds;
    this.#measured = true;
    this.#since = now;
  }

  /** OVERLOADED, for a request that finds the queue full. */
  overloaded(model: string, waiting: number): KernelError {
    reached("queue.requests");
    const retryAfter = Math.max(1, Math.ceil(this.#secondsEach * waiting));
    return new KernelError(
      "OVERLOADED",
      `${waiting} requests already wait for "${model}". Try again in about ${retryAfter} s.`,
      { retryAfter },
    );
  }
}
