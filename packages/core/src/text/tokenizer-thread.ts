import { Worker } from "node:worker_threads";
import { KernelError } from "../errors.ts";
import { builtModule } from "../shared/built-module.ts";
import type { Answer, Question, ThreadData } from "./thread/script.ts";

/**
 * Tokenizer results hold about 100 bytes a token outside V8's heap. A small young generation makes V8 collect them soon; in
 * the old one they would pile up, as V8 does not know of that memory.
 */
const maxYoungMegabytes = 4;

/** A question that waits for its answer. */
interface Asked {
  resolve(value: any): void;
  reject(reason: Error): void;
}

/**
 * A tokenizer's thread. When it has died, the next question begins a new one. While no question waits, it does not keep the
 * process alive.
 */
export class TokenizerThread implements AsyncDisposable {
  readonly #data: ThreadData;
  /** File URL. */
  readonly #script: string;
  readonly #asked = new Map<number, Asked>();
  #worker: Worker | undefined;
  #questions = 0;
  #ended = false;

  constructor(
    data: ThreadData,
    script: string = builtModule("./thread/script.js", import.meta.url),
  ) {
    this.#data = data;
    this.#script = script;
  }

  /** The thread's answer. Rejects with the reason when there is none or the thread dies first, with CLOSED once disposed. */
  async ask(question: Omit<Question, "id">): Promise<any> {
    if (this.#ended) throw closed();
    const worker = (this.#worker ??= this.#begin());
    const id = this.#questions++;
    worker.ref();
    worker.postMessage({ id, ...question });
    return new Promise((resolve, reject) => this.#asked.set(id, { resolve, reject }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended = true;
    await this.#worker?.terminate();
  }

  #begin(): Worker {
    const worker = new Worker(new URL(this.#script), {
      workerData: this.#data,
      // Flags that run the application from its sources are not for built modules.
      execArgv: [],
      resourceLimits: { maxYoungGenerationSizeMb: maxYoungMegabytes },
    });
    let reason = new Error("its thread ended");
    worker.on("error", (error: Error) => (reason = error));
    worker.on("exit", () => {
      this.#worker = undefined;
      for (const { reject } of this.#asked.values()) reject(this.#ended ? closed() : reason);
      this.#asked.clear();
    });
    worker.on("message", ({ id, value, failure }: Answer) => {
      const { resolve, reject } = this.#asked.get(id)!;
      this.#asked.delete(id);
      if (this.#asked.size === 0) worker.unref();
      if (failure === undefined) resolve(value);
      else reject(new Error(failure));
    });
    return worker;
  }
}

function closed(): KernelError {
  return new KernelError("CLOSED", "The tokenizer is closed: its model was unloaded.");
}
