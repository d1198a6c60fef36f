import { setImmediate as eventLoopTurn } from "node:timers/promises";
import { throwIfAborted } from "./errors.ts";

/** Milliseconds that work may hold the event loop. */
const maxSlice = 5;

/**
 * A slice of time for long work on the event loop, in which timers, sockets and other requests have to wait. The work asks
 * at every point where it can pause, best every millisecond or more often:
 *
 *     const slice = new TimeSlice(signal);
 *     for (const item of items) {
 *       work(item);
 *       if (slice.isOver) await slice.next();
 *     }
 */
export class TimeSlice {
  readonly #signal: AbortSignal | undefined;
  #start = performance.now();

  constructor(signal?: AbortSignal) {
    this.#signal = signal;
  }

  /** Whether the work has held the event loop for 5 ms. Asking takes less than a microsecond. */
  get isOver(): boolean {
    return performance.now() - this.#start >= maxSlice;
  }

  /** Lets the event loop turn, then begins the next slice. ABORTED once the signal has aborted. */
  async next(): Promise<void> {
    await eventLoopTurn();
    if (this.#signal) throwIfAborted(this.#signal);
    this.#start = performance.now();
  }
}

/** `items.map(work)` in time slices. ABORTED once the signal has aborted. */
export async function mapInSlices<T, R>(
  items: readonly T[],
  work: (item: T, index: number) => R,
  signal?: AbortSignal,
): Promise<R[]> {
  const results: R[] = [];
  const slice = new TimeSlice(signal);
  for (const [index, item] of items.entries()) {
    results.push(work(item, index));
    if (slice.isOver) await slice.next();
  }
  return results;
}
