import { Worker } from "node:worker_threads";

/** Sizes of a thread that only waits, in MB: 8 MB of resident memory in all. */
const resourceLimits = { maxYoungGenerationSizeMb: 1, maxOldGenerationSizeMb: 8, stackSizeMb: 1 };

/**
 * Ends this process within moments of the server's end, whatever it is doing. A run cannot be interrupted from its own thread,
 * and Node has no way to Linux's PR_SET_PDEATHSIG, so a second thread waits for the end of a pipe that only the server holds.
 * Resolves once that thread waits.
 */
export async function holdLifeline(): Promise<void> {
  const thread = new Worker(new URL("./lifeline-thread.js", import.meta.url), {
    execArgv: [],
    resourceLimits,
  });
  await new Promise((resolve, reject) => {
    thread.once("message", resolve);
    thread.once("error", reject);
  });
  thread.unref();
}
