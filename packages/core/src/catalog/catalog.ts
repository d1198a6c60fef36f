import { isDeepStrictEqual } from "node:util";
import { KernelError, throwIfAborted, unlessAborted } from "../errors.ts";
import type { Launch } from "../launch.ts";
import type { ModelInfo } from "../model-info.ts";
import type { LoadProgress } from "../model-source.ts";
import type { Call } from "../pipeline.ts";
import { closeAll } from "../shared/dispose.ts";
import type { Task } from "../task.ts";
import { checkLaunch } from "./check-launch.ts";
import { checkId } from "./check-task.ts";
import { defaultModel } from "./default-model.ts";
import { LaunchedModel } from "./launched-model.ts";
import type { Surroundings } from "./load-model.ts";
import type { LoadedModel } from "./loaded-model.ts";
import { unknownModel } from "./unknown-model.ts";

/** The launched models by id. Each is loaded once, however many callers launch it at the same time. */
export class Catalog {
  readonly #around: Surroundings;
  readonly #launched = new Map<string, LaunchedModel>();
  readonly #ends = new Set<Promise<void>>();

  constructor(around: Surroundings) {
    this.#around = around;
  }

  /** Facts about all, in the order of launching. */
  get infos(): readonly ModelInfo[] {
    return [...this.#launched.values()].map(({ info }) => info);
  }

  /**
   * Loads a model. One of the same launch is shared, a failed one tried anew; INVALID_INPUT when the id is taken by
   * another, or what was sent is no launch. The signal ends this caller's waiting, not the load.
   */
  async launch(launch: Launch, call: Call<LoadProgress>): Promise<LoadedModel> {
    checkLaunch(launch);
    throwIfAborted(call.signal);
    const known = this.#launched.get(launch.id);
    if (
      known &&
      known.state !== "failed" &&
      !isDeepStrictEqual(given(known.launch), given(launch))
    ) {
      throw new KernelError(
        "INVALID_INPUT",
        `"${launch.id}" is launched already, from ${known.launch.source}. Unload it first, or choose another id.`,
        { param: "id" },
      );
    }
    const model = known && known.state !== "failed" ? known : this.#begin(launch, call);
    return unlessAborted(model.loaded, call.signal);
  }

  /**
   * Does work with the model that a request means; `find` says which. Work that fails since the model's files have changed is
   * done again with the model loaded anew, when its launch says so. Rejects as `find` does, with ABORTED while the model loads,
   * with the reason why it is not served, and as the work does.
   */
  async run<T>(
    task: Task,
    id: string | undefined,
    call: Call<any>,
    work: (model: LoadedModel) => Promise<T>,
  ): Promise<T> {
    const { launch } = this.find(task, id);
    for (;;) {
      const model = this.#renewed(this.find(task, launch.id));
      const loaded = await this.#loaded(model, task, call);
      try {
        return await work(loaded);
      } catch (error) {
        const isOver = model.state !== "failed" || model.launch.onChange !== "reload";
        if (isOver || call.signal.aborted) throw error;
      }
    }
  }

  /**
   * The model that a request means: without an id, the default of its task. INVALID_INPUT when none or several could be
   * meant, MODEL_NOT_FOUND, TASK_MISMATCH.
   */
  find(task: Task | undefined, id: string | undefined): LaunchedModel {
    // Callers without types say null for none.
    const named = id ?? undefined;
    const model =
      named === undefined && task
        ? defaultModel(this.#launched.values(), task)
        : this.#get(named ?? "");
    if (task) refuseOtherTask(model, task);
    return model;
  }

  async #loaded(model: LaunchedModel, task: Task, call: Call<any>): Promise<LoadedModel> {
    if (model.state === "loading") call.onState?.({ state: "loading" });
    const loaded = await unlessAborted(model.loaded, call.signal);
    refuseOtherTask(model, task);
    return loaded;
  }

  /** Unloads a model and forgets it. MODEL_NOT_FOUND. */
  async remove(id: string): Promise<void> {
    const model = this.#get(id);
    this.#launched.delete(id);
    await this.#end(model);
  }

  /** Unloads all. Nothing runs once it has settled, also of models that were being removed already. */
  async close(): Promise<void> {
    const ends = [...this.#ends, ...[...this.#launched.keys()].map((id) => this.remove(id))];
    await Promise.allSettled(ends);
    await closeAll(ends.map((end) => () => end));
  }

  /** The model itself, or in the place of one that failed and is to be loaded anew, the next. */
  #renewed(model: LaunchedModel): LaunchedModel {
    const { launch, state } = model;
    return state === "failed" && launch.onChange === "reload"
      ? this.#begin(launch, unheard)
      : model;
  }

  /** Launches a model, in the place of a failed one of its id. */
  #begin(launch: Launch, call: Call<LoadProgress>): LaunchedModel {
    const failed = this.#launched.get(launch.id);
    const model = new LaunchedModel(launch, this.#around, call);
    this.#launched.set(launch.id, model);
    // Whoever unloads it or closes the catalog hears of what goes wrong.
    if (failed) void this.#end(failed).catch(() => {});
    return model;
  }

  #end(model: LaunchedModel): Promise<void> {
    const end = model.end().finally(() => this.#ends.delete(end));
    this.#ends.add(end);
    return end;
  }

  #get(id: string): LaunchedModel {
    checkId(id);
    const model = this.#launched.get(id);
    if (model) return model;
    throw unknownModel(id, [...this.#launched.keys()]);
  }
}

/** The call of a load that nobody asked for. */
const unheard: Call<LoadProgress> = { signal: new AbortController().signal, onEvent() {} };

/** A launch without members that are undefined, which mean the same as absent ones. */
function given(launch: Launch): object {
  return Object.fromEntries(Object.entries(launch).filter(([, value]) => value !== undefined));
}

/** Refuses a task that the model does not do. While nobody can tell, it passes. */
function refuseOtherTask(model: LaunchedModel, task: Task): void {
  if (model.does(task) ?? true) return;
  throw new KernelError(
    "TASK_MISMATCH",
    `"${model.launch.id}" is for "${model.task}", not "${task.name}". Name a model of that task.`,
    { param: "model" },
  );
}
