import { loadModel } from "./load-model.ts";
import type { Surroundings } from "./load-model.ts";
import { abortError, isKernelError, KernelError } from "../errors.ts";
import type { FamilyChoice } from "./choose-family.ts";
import type { Launch } from "../launch.ts";
import type { ModelInfo } from "../model-info.ts";
import type { LoadProgress } from "../model-source.ts";
import type { Call } from "../pipeline.ts";
import type { LoadedModel } from "./loaded-model.ts";

/** A launch and what became of it: loading, being served, or failed with its reason. */
export class LaunchedModel {
  readonly launch: Launch;
  /** Rejects with a KernelError when the model cannot be served. */
  readonly model: Promise<LoadedModel>;
  readonly #ended = new AbortController();
  #choice: FamilyChoice | undefined;
  #outcome: LoadedModel | KernelError | undefined;

  constructor(launch: Launch, around: Surroundings, call: Call<LoadProgress>) {
    this.launch = launch;
    this.model = this.#declare(around, call);
    this.model.then(
      (model) => (this.#outcome = model),
      (failure) => (this.#outcome = failure),
    );
  }

  get loading(): boolean {
    return this.#outcome === undefined;
  }

  get failed(): boolean {
    return this.#outcome instanceof Error;
  }

  get info(): ModelInfo {
    if (this.#outcome && !(this.#outcome instanceof Error)) return this.#outcome.info;
    const family = this.#choice?.family;
    return {
      id: this.launch.id,
      ...(family && { family: family.name, task: family.task.name }),
      ...(this.#outcome
        ? { state: "failed", reason: this.#outcome.message }
        : { state: "loading" }),
    };
  }

  /** Runs under way finish; a load under way is given up. */
  async end(): Promise<void> {
    const { id } = this.launch;
    const message = `"${id}" was unloaded while it was being launched. Launch it anew.`;
    this.#ended.abort(new KernelError("CLOSED", message));
    const model = await this.model.catch(() => undefined);
    await model?.close();
  }

  /** Only its end gives a load up: whoever waits for it may share it with others. */
  async #declare(around: Surroundings, call: Call<LoadProgress>): Promise<LoadedModel> {
    const { signal } = this.#ended;
    try {
      const found = (choice: FamilyChoice) => (this.#choice = choice);
      const model = await loadModel(this.launch, around, { ...call, signal }, found);
      if (!signal.aborted) return model;
      await model.close();
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
