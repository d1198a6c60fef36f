/** Takes all steps one after another, also when earlier ones fail. Rejects with the failure, or with an AggregateError of several. */
export async function closeAll(steps: readonly (() => unknown)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const step of steps) {
    try {
      await step();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length === 1) throw failures[0];
  if (failures.length > 1) throw new AggregateError(failures, "Several failed to close.");
}

/** Disposes things, the last first, and passes over those that cannot be disposed. Rejects as `closeAll` does. */
export function disposeAll(things: readonly unknown[]): Promise<void> {
  return closeAll(things.toReversed().map((thing) => () => dispose(thing)));
}

async function dispose(thing: unknown): Promise<void> {
  const { [Symbol.asyncDispose]: later, [Symbol.dispose]: now } = (thing ?? {}) as Partial<
    AsyncDisposable & Disposable
  >;
  if (later) await later.call(thing as AsyncDisposable);
  else now?.call(thing as Disposable);
}
