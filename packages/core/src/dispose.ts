/** Disposes what can be disposed, last first and one after another; all are tried before the failures are thrown together. */
export async function disposeAll(things: readonly unknown[]): Promise<void> {
  const failures: unknown[] = [];
  for (const thing of things.toReversed()) {
    try {
      await dispose(thing);
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length === 1) throw failures[0];
  if (failures.length > 1) throw new AggregateError(failures, "Several failed to close.");
}

async function dispose(thing: unknown): Promise<void> {
  const { [Symbol.asyncDispose]: later, [Symbol.dispose]: now } = (thing ?? {}) as Partial<
    AsyncDisposable & Disposable
  >;
  if (later) await later.call(thing as AsyncDisposable);
  else now?.call(thing as Disposable);
}
