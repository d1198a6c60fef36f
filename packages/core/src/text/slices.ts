import { setImmediate as nextTurn } from "node:timers/promises";
import { throwIfAborted } from "../errors.ts";

/** Milliseconds of work between two turns of the event loop. */
const slice = 5;

/** `items.map(work)`, letting the event loop turn every few milliseconds. */
export async function mapInSlices<T, R>(
  items: readonly T[],
  work: (item: T, index: number) => R,
  signal?: AbortSignal,
): Promise<R[]> {
  const results: R[] = [];
  let start = performance.now();
  for (const [index, item] of items.entries()) {
    results.push(work(item, index));
    if (performance.now() - start < slice) continue;
    await nextTurn();
    if (signal) throwIfAborted(signal);
    start = performance.now();
  }
  return results;
}
