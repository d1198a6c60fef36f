import { setTimeout } from "node:timers/promises";
import { loadModel } from "./load-model.ts";
import type { ModelListener, Surroundings } from "./load-model.ts";
import { isKernelError, KernelError, unlessAborted } from "../errors.ts";
import type { FamilyChoice } from "./choose-family.ts";
import { familyInfo } from "./family-info.ts";
import type { Launch, LaunchChanges } from "../launch.ts";
import type { ModelInfo } from "../model-info.ts";
import type { LoadProgress } from "../model-source.ts";
import type { Task } from "../task.ts";
import { LoadDeadline } from "./load-deadline.ts";
import type { LoadedModel } from "./loaded-model.ts";

export type LoadListener = (progress: LoadProgress) => void;

/** Milliseconds that a load which is given up has to close what it has made. */
const grace = 1000;

/** A launch and its outcome: loading, being served, or failed with its reason. */
export class LaunchedModel {
  readonly launch: Launch;
  /** The task of the request that launched it; undefined once somebody else has. Its load fails for a model of another task. */
  onDemandOf: Task | undefined;
  /** Requests in its hands. */
  #users = 0;
  #onDrained: (() => void) | undefined;
  readonly #listeners = new Set<LoadListener>();
  #changes: LaunchChanges = {};
  #progress: LoadProgress | undefined;
  readonly #loading: Promise<LoadedModel>;
  readonly #ended = new AbortController();
  #choice: FamilyChoice | undefined;
  #model: LoadedModel | undefined;
  #failure: KernelError | undefined;
  readonly #attached = new Set<string>();

  constructor(launch: Launch, around: Surroundings, onDemandOf?: Task) {
    this.launch = launch;
    this.onDemandOf = onDemandOf;
    this.#loading = this.#load(around);
    this.#loading.then(
      (model) => {
        this.#model = model;
        model.update(this.#changes);
      },
      (failure) => (this.#failure = failure),
    );
  }

  /** Requests in its hands. */
  get users(): number {
    return this.#users;
  }

  /** Takes a request into its hands, until the returned function is called. */
  hold(): () => void {
    this.#users++;
    return () => {
      this.#users--;
      if (this.#users === 0) this.#onDrained?.();
    };
  }

  /** Resolves once no request is in its hands. Nobody may find it any more. */
  async drained(): Promise<void> {
    if (this.#users > 0) await new Promise<void>((resolve) => (this.#onDrained = resolve));
  }

  /** The launch as it was changed since: how it is loaded anew. */
  get renewal(): Launch {
    return { ...this.launch, ...this.#changes };
  }

  /** Changes it while it is loading or served. */
  update(changes: LaunchChanges): void {
    this.#changes = { ...this.#changes, ...changes };
    this.#model?.update(changes);
  }

  /** Has `listener` hear of the load's progress, the last first, until the returned function is called. */
  hear(listener: LoadListener): () => void {
    this.#listeners.add(listener);
    if (this.#progress && this.state === "loading") listener(this.#progress);
    return () => this.#listeners.delete(listener);
  }

  /** Rejects with a KernelError when the model cannot be served, or not any more. */
  get loaded(): Promise<LoadedModel> {
    return this.#failure ? Promise.reject(this.#failure) : this.#loading;
  }

  get isOnDemand(): boolean {
    return this.onDemandOf !== undefined;
  }

  get state(): ModelInfo["state"] {
    if (this.#failure) return "failed";
    return this.#model ? "ready" : "loading";
  }

  /** Its task's name; undefined until a family has taken it. */
  get task(): string | undefined {
    return this.#choice?.family.task.name;
  }

  /** Whether it does a task, as its own or beside it; undefined until a family has taken it. */
  does({ name }: Task): boolean | undefined {
    if (!this.#choice) return undefined;
    const { task, sideTasks = [] } = this.#choice.family;
    return [task, ...sideTasks].some((each) => each.name === name);
  }

  /** Has the time of its keep-alive begin anew, once it is loaded and works no more. */
  awaitIdle(): void {
    this.#model?.memory.awaitIdle();
  }

  /** TASK_MISMATCH for a task that it does not do. While nobody can tell, it passes. */
  refuseOtherTask(task: Task): void {
    if (this.does(task) ?? true) return;
    throw new KernelError(
      "TASK_MISMATCH",
      `"${this.launch.id}" is for "${this.task}", not "${task.name}". Name a model of that task.`,
      { param: "model" },
    );
  }

  get info(): ModelInfo {
    const { isOnDemand } = this;
    const facts = {
      ...(isOnDemand && { onDemand: true as const }),
      ...((isOnDemand || this.launch.optional) && { optional: true as const }),
      ...(this.#attached.size > 0 && { attached: [...this.#attached] }),
    };
    if (this.#model && !this.#failure) return { ...this.#model.info, ...facts };
    const family = this.#choice?.family;
    const progress = this.state === "loading" ? this.#progress : undefined;
    return {
      id: this.launch.id,
      source: this.launch.source,
      ...facts,
      ...(family && familyInfo(family)),
      state: this.state,
      ...(progress && { progress }),
      ...(this.#failure && { reason: this.#failure.message }),
    };
  }

  /** Unloads it: runs under way finish, a load under way is given up. */
  async end(): Promise<void> {
    const { id } = this.launch;
    const message = `"${id}" was unloaded while it was being launched. Launch it anew.`;
    this.#ended.abort(new KernelError("CLOSED", message));
    const model = await this.#loading.catch(() => undefined);
    await model?.close();
  }

  /** Loads it. Nothing but `end` and its deadline give a load up, since several callers may share it. */
  async #load(around: Surroundings): Promise<LoadedModel> {
    const deadline = new LoadDeadline(this.launch);
    const signal = AbortSignal.any([this.#ended.signal, deadline.signal]);
    const onEvent = (event: LoadProgress): void => {
      deadline.extend();
      this.#progress = event;
      for (const listener of this.#listeners) listener(event);
    };
    try {
      const loading = loadModel(this.launch, around, { onEvent, signal }, this.#listener);
      return await unlessAborted(loading, signal).catch(async (error: unknown) => {
        if (signal.aborted) await givenUp(loading);
        throw error;
      });
    } catch (error) {
      // An abort that nobody asked for is a fault of its source or family.
      const foreseen = isKernelError(error) && (error.code !== "ABORTED" || signal.aborted);
      throw foreseen ? error : unforeseen(this.launch, error, this.#choice);
    } finally {
      deadline[Symbol.dispose]();
    }
  }

  readonly #listener: ModelListener = {
    found: (choice) => {
      this.#choice = choice;
      if (this.onDemandOf) this.refuseOtherTask(this.onDemandOf);
    },
    changed: (error) => (this.#failure ??= error),
    attached: (source) => this.#attached.add(source),
  };
}

/** Closes the model of a load that goes on though nobody waits for it, and waits for that as long as the grace. */
async function givenUp(loading: Promise<LoadedModel>): Promise<void> {
  const closing = loading.then((model) => model.close()).catch(() => {});
  const waited = new AbortController();
  await Promise.race([closing, setTimeout(grace, undefined, { signal: waited.signal })]);
  waited.abort();
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
