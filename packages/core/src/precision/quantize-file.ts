import { Worker } from "node:worker_threads";
import { abortError } from "../errors.ts";
import { builtModule } from "../shared/built-module.ts";
import type { QuantizeNews, QuantizeTask } from "./quantize-thread.ts";

export interface Quantizing {
  readonly signal: AbortSignal;
  /** Hears the bytes of the checkpoint that are done. */
  onProgress(done: number): void;
}

/** Writes a file with matrices in fewer bits, in a thread of its own. Resolves to the SHA-256 of what was read. Rejects with ABORTED, or an error with the system's `code`. */
export function quantizeFile(
  task: QuantizeTask,
  { signal, onProgress }: Quantizing,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const script = new URL(builtModule("./quantize-thread.js", import.meta.url));
    const thread = new Worker(script, { workerData: task });
    const end = (): void => {
      signal.removeEventListener("abort", abort);
      void thread.terminate();
    };
    const abort = (): void => {
      end();
      reject(abortError(signal));
    };
    signal.addEventListener("abort", abort, { once: true });
    if (signal.aborted) return abort();
    thread.on("message", (news: QuantizeNews) => {
      if ("done" in news) return onProgress(news.done);
      end();
      if ("sha256" in news) return resolve(news.sha256);
      return reject(Object.assign(new Error(news.error), { code: news.code }));
    });
    thread.on("error", (error) => (end(), reject(error)));
    thread.on("exit", (code) => {
      end();
      reject(new Error(`the thread that rounds them ended with ${code}`));
    });
  });
}
