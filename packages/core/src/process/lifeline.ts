import { Worker } from "node:worker_threads";

/** The thread beside a process's own, which works whatever that does. */
export interface Lifeline {
  /**
   * From now on, ends this process when it has more than `maxBytes` of resident memory, of native code too. It is looked at
   * every 50 ms. The last words say how much it was.
   */
  limitMemory(maxBytes: number): void;
}

/** Sizes of a thread that only waits, in MB: 8 MB of resident memory in all. */
const resourceLimits = { maxYoungGenerationSizeMb: 1, maxOldGenerationSizeMb: 8, stackSizeMb: 1 };

/**
 * Ends this process within moments of the server's end, whatever it is doing. A run cannot be interrupted from its own thread,
 * and Node has no way to Linux's PR_SET_PDEATHSIG, so a second thread waits for the end of a pipe that only the server holds.
 * Resolves once that thread waits.
 */
export async function holdLifeline(): Promise<Lifeline> {
  const thread = new Worker(new URL("./lifeline-thread.js", import.meta.url), {
    execArgv: [],
    resourceLimits,
  });
  await new Promise((resolve, reject) => {
    thread.once("message", resolve);
    thread.once("error", reject);
  });
  thread.unref();
  return { limitMemory: (maxBytes) => thread.postMessage(maxBytes) };
}
