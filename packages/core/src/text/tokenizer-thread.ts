import { Worker } from "node:worker_threads";
import { builtScript } from "../shared/built-script.ts";
import { KernelError } from "../errors.ts";
import type { Answer, Question, ThreadData } from "./thread/script.ts";

/**
 * What a text became is freed by the next collection of young objects, or else hundred bytes a token pile up until one of
 * old objects, of which V8 sees no need: it does not know how much memory hangs on them.
 */
const megabytesOfYoungObjects = 4;

interface Asked {
  resolve(value: any): void;
  reject(reason: Error): void;
}

/** A tokenizer's thread, begun anew by the next question when it has died. It keeps no process alive that asks it nothing. */
export class TokenizerThread implements AsyncDisposable {
  readonly #data: ThreadData;
  readonly #script: string;
  readonly #asked = new Map<number, Asked>();
  #worker: Worker | undefined;
  #questions = 0;
  #ended = false;

  constructor(
    data: ThreadData,
    script: string = builtScript("./thread/script.js", import.meta.url),
  ) {
    this.#data = data;
    this.#script = script;
  }

  /** Rejects with the reason when there is no answer or the thread dies before it, with CLOSED once it was disposed. */
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
    const worker = new Worker(this.#script, {
      workerData: this.#data,
      resourceLimits: { maxYoungGenerationSizeMb: megabytesOfYoungObjects },
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
  return new KernelError("CLOSED", "The tokenizer is closed, as its model was unloaded.");
}
