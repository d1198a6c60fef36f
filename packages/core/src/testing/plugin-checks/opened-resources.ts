import type { ChildProcess } from "node:child_process";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { readdir, readlink, realpath } from "node:fs/promises";
import { sep } from "node:path";
import type { Worker } from "node:worker_threads";

/** The threads and processes that begin from construction to `stop`, and the files that are open. */
export class OpenedResources {
  readonly #threads = new Set<Worker>();
  readonly #processes = new Set<ChildProcess>();

  constructor() {
    subscribe("worker_threads", this.#onThread);
    subscribe("child_process", this.#onProcess);
  }

  stop(): void {
    unsubscribe("worker_threads", this.#onThread);
    unsubscribe("child_process", this.#onProcess);
  }

  /** The threads and processes that have not ended, and on Linux the files below a folder that are open. */
  async left(folder: string): Promise<readonly string[]> {
    const threads = [...this.#threads].filter(({ threadId }) => threadId !== -1);
    const processes = [...this.#processes].filter(
      ({ pid, exitCode, signalCode }) => pid !== undefined && (exitCode ?? signalCode) === null,
    );
    return [
      ...threads.map(({ threadId }) => `thread ${threadId}`),
      ...processes.map(({ pid }) => `process ${pid}`),
      ...(await openFiles(folder)),
    ];
  }

  readonly #onThread = (message: unknown): void => {
    this.#threads.add((message as { readonly worker: Worker }).worker);
  };

  readonly #onProcess = (message: unknown): void => {
    this.#processes.add((message as { readonly process: ChildProcess }).process);
  };
}

async function openFiles(folder: string): Promise<readonly string[]> {
  const descriptors = await readdir("/proc/self/fd").catch(() => []);
  const files = await Promise.all(
    descriptors.map((each) => readlink(`/proc/self/fd/${each}`).catch(() => "")),
  );
  const below = (await realpath(folder)) + sep;
  return files.filter((file) => file.startsWith(below));
}
