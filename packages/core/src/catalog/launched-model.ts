import { loadModel } from "./load-model.ts";
import type { Surroundings } from "./load-model.ts";
import { abortError, isKernelError, KernelError } from "../errors.ts";
import type { FamilyChoice } from "./choose-family.ts";
import type { Launch } from "../launch.ts";
import type { ModelInfo } from "../model-info.ts";
import type { LoadProgress } from "../model-source.ts";
import type { Call } from "../pipeline.ts";
import type { LoadedModel } from "./loaded-model.ts";

/** A launch and its outcome: loading, being served, or failed with its reason. */
export class LaunchedModel {
  readonly launch: Launch;
  /** Rejects with a KernelError when the model cannot be served. */
  readonly loaded: Promise<LoadedModel>;
  readonly #ended = new AbortController();
  #choice: FamilyChoice | undefined;
  #model: LoadedModel | undefined;
  #failure: KernelError | undefined;

  constructor(launch: Launch, around: Surroundings, call: Call<LoadProgress>) {
    this.launch = launch;
    this.loaded = this.#load(around, call);
    this.loaded.then(
      (model) => (this.#model = model),
      (failure) => (this.#failure = failure),
    );
  }

  get state(): ModelInfo["state"] {
    if (this.#model) return "ready";
    return this.#failure ? "failed" : "loading";
  }

  /** Its task's name; undefined until a family has taken it. */
  get task(): string | undefined {
    return this.#choice?.family.task.name;
  }

  get info(): ModelInfo {
    if (this.#model) return this.#model.info;
    const family = this.#choice?.family;
    return {
      id: this.launch.id,
      source: this.launch.source,
      ...(family && { family: family.name, task: family.task.name }),
      state: this.state,
      ...(this.#failure && { reason: this.#failure.message }),
    };
  }

  /** Unloads it: runs under way finish, a load under way is given up. */
  async end(): Promise<void> {
    const { id } = this.launch;
    const message = `"${id}" was unloaded while it was being launched. Launch it anew.`;
    this.#ended.abort(new KernelError("CLOSED", message));
    const model = await this.loaded.catch(() => undefined);
    await model?.close();
  }

  /** Loads it. Nothing but `end` gives a load up, since several callers may share it. */
  async #load(around: Surroundings, call: Call<LoadProgress>): Promise<LoadedModel> {
    const { signal } = this.#ended;
    try {
      const found = (choice: FamilyChoice) => (this.#choice = choice);
      const model = await loadModel(this.launch, around, { ...call, signal }, found);
      if (!signal.aborted) return model;
      await model.close();
      throw abortError(signal);
    } catch (error) {
      // An abort that nobody asked for is a fault of its source or family.
      const foreseen = isKernelError(error) && (error.code !== "ABORTED" || signal.aborted);
      throw foreseen ? error : unforeseen(this.launch, error, this.#choice);
    }
  }
}

/** A family's own fault is told as one; the operating system's errors are the folder's. */
function unforeseen({ id }: Launch, error: unknown, choice: FamilyChoice | undefined): KernelError {
  const where = choice ? `its family "${choice.family.name}"` : "the model source";
  const reason = isSystemError(error)
    ? `${error.message}. Check that its files are there and may be read.`
    : `${where} failed with ${String(error)}. That is a fault of its program; the cause says where.`;
  return new KernelError("LOAD_FAILED", `"${id}" could not be loaded: ${reason}`, { cause: error });
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "syscall" in error;
}
