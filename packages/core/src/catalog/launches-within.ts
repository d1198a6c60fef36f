import { setTimeout } from "node:timers/promises";
import type { Logger } from "../logger.ts";

/** A model that is being launched. */
export interface Launching {
  readonly id: string;
  readonly loaded: Promise<unknown>;
}

/** Node would make a longer timer one of 1 ms. */
const maxTimer = 2 ** 31 - 1;

/** Resolves once all are loaded or failed, or so many seconds have passed. The logger hears how it ends for those that take longer. */
export async function launchesWithin(
  seconds: number,
  launching: readonly Launching[],
  logger: Logger,
): Promise<void> {
  const pending = new Set(launching);
  const ends = launching.map(async (model) => {
    const error = await model.loaded.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (pending.delete(model)) return;
    const { id } = model;
    if (error === undefined) logger.info({ model: id }, "A model that was slow to load is ready.");
    else logger.error({ model: id, error }, "A model that was slow to load cannot be served.");
  });
  const waited = new AbortController();
  const timer = setTimeout(Math.min(seconds * 1000, maxTimer), undefined, {
    signal: waited.signal,
  });
  await Promise.race([Promise.all(ends), timer]);
  waited.abort();
  pending.clear();
}
