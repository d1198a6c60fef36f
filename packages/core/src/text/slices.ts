import { setImmediate as nextTurn } from "node:timers/promises";
import { throwIfAborted } from "../errors.ts";

/** Milliseconds of work between two turns of the event loop. */
const slice = 5;

/** `items.map(work)`, letting the event loop turn every few milliseconds. */
export async function mapInSlices<T, R>(
  items: readonly T[],
  work: (item: T) => R,
  signal?: AbortSignal,
): Promise<R[]> {
  const results: R[] = [];
  let start = performance.now();
  for (const item of items) {
    results.push(work(item));
    if (performance.now() - start < slice) continue;
    await nextTurn();
    if (signal) throwIfAborted(signal);
    start = performance.now();
  }
  return results;
}
