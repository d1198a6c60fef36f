import { declareModel } from "./declare.ts";
import type { Surroundings } from "./declare.ts";
import { abortError, isKernelError, KernelError } from "./errors.ts";
import type { Kinship } from "./kinship.ts";
import type { Launch } from "./launch.ts";
import type { ModelInfo } from "./model-info.ts";
import type { Progress } from "./model-source.ts";
import type { Call } from "./pipeline.ts";
import type { Serving } from "./serving.ts";
import type { Task } from "./task.ts";

/** A launch and what became of it: loading, being served, or failed with its reason. */
export class Launched {
  readonly launch: Launch;
  /** Rejects with a KernelError when the model cannot be served. */
  readonly serving: Promise<Serving>;
  readonly #ended = new AbortController();
  #kinship: Kinship | undefined;
  #outcome: Serving | KernelError | undefined;

  constructor(launch: Launch, around: Surroundings, call: Call<Progress>) {
    this.launch = launch;
    this.serving = this.#declare(around, call);
    this.serving.then(
      (serving) => (this.#outcome = serving),
      (failure) => (this.#outcome = failure),
    );
  }

  get failed(): boolean {
    return this.#outcome instanceof Error;
  }

  get info(): ModelInfo {
    if (this.#outcome && !(this.#outcome instanceof Error)) return this.#outcome.info;
    const family = this.#kinship?.family;
    return {
      id: this.launch.id,
      ...(family && { family: family.name, task: family.task.name }),
      ...(this.#outcome
        ? { state: "failed", reason: this.#outcome.message }
        : { state: "loading" }),
    };
  }

  serves(task: Task): boolean {
    const { state, task: name } = this.info;
    return state === "ready" && name === task.name;
  }

  /** Runs under way finish; a load under way is given up. */
  async end(): Promise<void> {
    const { id } = this.launch;
    const message = `"${id}" was unloaded while it was being launched. Launch it anew.`;
    this.#ended.abort(new KernelError("CLOSED", message));
    const serving = await this.serving.catch(() => undefined);
    await serving?.close();
  }

  async #declare(around: Surroundings, call: Call<Progress>): Promise<Serving> {
    const signal = AbortSignal.any([call.signal, this.#ended.signal]);
    try {
      const found = (kinship: Kinship) => (this.#kinship = kinship);
      const serving = await declareModel(this.launch, around, { ...call, signal }, found);
      if (!signal.aborted) return serving;
      await serving.close();
      throw abortError(signal);
    } catch (error) {
      throw isKernelError(error) ? error : unforeseen(this.launch, error);
    }
  }
}

function unforeseen({ id }: Launch, error: unknown): KernelError {
  const message = `"${id}" could not be loaded: ${String(error)}. Its files may be damaged, or its family has a fault.`;
  return new KernelError("LOAD_FAILED", message, { cause: error });
}
