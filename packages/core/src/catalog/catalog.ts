import { isDeepStrictEqual } from "node:util";
import { isKernelError, KernelError, throwIfAborted, unlessAborted } from "../errors.ts";
import type { OnDemand } from "../kernel-options.ts";
import type { Launch, LaunchChanges } from "../launch.ts";
import type { LaunchPlan } from "../launch-plan.ts";
import type { ModelInfo } from "../model-info.ts";
import type { LoadProgress } from "../model-source.ts";
import type { Call } from "../pipeline.ts";
import { isAbsence } from "../sources/absence.ts";
import type { Task } from "../task.ts";
import { checkChanges, checkLaunch } from "./check-launch.ts";
import { checkId } from "./check-task.ts";
import { defaultModel } from "./default-model.ts";
import type { LaunchedModel, LoadListener } from "./launched-model.ts";
import { LaunchedModels } from "./launched-models.ts";
import type { Surroundings } from "./load-model.ts";
import type { LoadedModel } from "./loaded-model.ts";
import { planLaunch } from "./plan-launch.ts";

export interface CatalogOptions {
  /** Ids by their other names. Default: none. */
  readonly aliases?: Readonly<Record<string, string>> | undefined;
  /** Default: no request launches a model. */
  readonly onDemand?: OnDemand | undefined;
}

/** The launched models by id. Each is loaded once, however many callers launch it at the same time. */
export class Catalog {
  readonly #around: Surroundings;
  readonly #onDemand: OnDemand;
  readonly #launched: LaunchedModels;

  constructor(around: Surroundings, { aliases = {}, onDemand = noLaunch }: CatalogOptions = {}) {
    this.#around = around;
    this.#onDemand = onDemand;
    this.#launched = new LaunchedModels(around, aliases);
  }

  /** Facts about all, in the order of launching. */
  get infos(): readonly ModelInfo[] {
    return this.#launched.all.map((model) => this.infoOf(model));
  }

  infoOf(model: { readonly info: ModelInfo }): ModelInfo {
    return this.#launched.infoOf(model);
  }

  /**
   * Loads a model. One of the same launch is shared, a failed one tried anew, and another that a request launched gives way to it;
   * INVALID_INPUT when the id is taken by another, or what was sent is no launch. The signal ends this caller's waiting, not the load.
   */
  async launch(launch: Launch, call: Call<LoadProgress>): Promise<LoadedModel> {
    checkLaunch(launch);
    throwIfAborted(call.signal);
    const known = this.#launched.find(launch.id);
    const isSame = known && isDeepStrictEqual(given(known.launch), given(launch));
    if (known && !isSame && known.state !== "failed" && !known.isOnDemand) {
      throw new KernelError(
        "INVALID_INPUT",
        `"${launch.id}" is launched already, from ${known.launch.source}. Unload it first, or choose another id.`,
        { param: "id" },
      );
    }
    const isShared = isSame && known.state !== "failed";
    const model = isShared ? known : this.#launched.begin(launch);
    model.onDemandOf = undefined;
    return this.#heard(model, call, call.onEvent);
  }

  /**
   * Loads a model beside the one of its id, and has it take its place. The other is unloaded once it has answered the requests that it has. A load
   * that fails leaves it as it is. The signal ends this caller's waiting, not the load.
   */
  async replace(launch: Launch, call: Call<LoadProgress>): Promise<LoadedModel> {
    checkLaunch(launch);
    throwIfAborted(call.signal);
    return this.#heard(this.#launched.replace(launch), call, call.onEvent);
  }

  /** What `planLaunch` says of a launch. Nothing is launched. */
  async plan(launch: Launch, call: Call<LoadProgress>): Promise<LaunchPlan> {
    checkLaunch(launch);
    throwIfAborted(call.signal);
    return planLaunch(launch, this.#around, call);
  }

  /** Changes a launched model. MODEL_NOT_FOUND, or INVALID_INPUT for what no launch could say. */
  update(id: string, changes: LaunchChanges): LaunchedModel {
    const model = this.#launched.get(id);
    checkChanges(changes);
    model.update(given(changes));
    return model;
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
    // Callers without types say null for none.
    let name = id ?? undefined;
    for (;;) {
      const asked = name && (await this.#launchedOnDemand(name, task, call));
      const model = this.#renewed(this.find(task, asked ?? name));
      name = model.launch.id;
      if (call.keepAlive !== undefined) this.update(model.launch.id, { keepAlive: call.keepAlive });
      let isLoaded = false;
      const release = model.hold();
      try {
        const loaded = await this.#loaded(model, task, call);
        isLoaded = true;
        return await work(loaded);
      } catch (error) {
        const isOver = isLoaded ? !isRenewed(model) : !isForAnother(error, model, task);
        if (isOver || call.signal.aborted) throw error;
      } finally {
        release();
        // It may have been idle before its last request, which ended without a turn.
        if (model.isOnDemand && model.users === 0) model.awaitIdle();
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
        ? defaultModel(this.#launched.all, task)
        : this.#launched.get(named ?? "");
    if (task) model.refuseOtherTask(task);
    return model;
  }

  async #loaded(model: LaunchedModel, task: Task, call: Call<any>): Promise<LoadedModel> {
    if (model.state === "loading") call.onState?.({ state: "loading" });
    const loaded = await this.#heard(model, call, (progress) => {
      call.onState?.({ state: "loading", progress });
    });
    model.refuseOtherTask(task);
    return loaded;
  }

  /** Waits for a model, while `listener` hears how far its load has come. */
  async #heard(
    model: LaunchedModel,
    { signal }: Call<any>,
    listener: LoadListener,
  ): Promise<LoadedModel> {
    const unhear = model.hear(listener);
    try {
      return await unlessAborted(model.loaded, signal);
    } catch (error) {
      // A name that a request brought, and that leads nowhere, is no fault of the server's.
      if (!isAbsence(error) || !(model.isOnDemand || model.launch.optional)) throw error;
      throw new KernelError("MODEL_NOT_FOUND", error.message, { param: "model", cause: error });
    } finally {
      unhear();
    }
  }

  /**
   * Launches the model of a request, where nobody has and `onDemand` knows how. One whose load fails is forgotten, and so is one
   * that was idle for its keep-alive: the next request launches it anew.
   */
  async #launchedOnDemand(name: string, task: Task, call: Call<any>): Promise<string> {
    checkId(name);
    const asked = this.#launched.idOf(name);
    if (this.#launched.has(asked)) return asked;
    const launch = await unlessAborted(this.#demanded(asked), call.signal);
    if (launch === undefined) return asked;
    const { id } = launch;
    if (this.#launched.has(id)) return id;
    const model = this.#launched.begin(launch, task);
    const forget = (): void => {
      if (model.isOnDemand) void this.#launched.remove(model).catch(() => {});
    };
    const forgetIfIdle = (): void => {
      if (model.users === 0) forget();
    };
    model.loaded.then(({ memory }) => {
      memory.onIdle = forgetIfIdle;
      memory.awaitIdle();
    }, forget);
    return id;
  }

  async #demanded(id: string): Promise<Launch | undefined> {
    const launch = await this.#onDemand(id);
    if (launch !== undefined) checkLaunch(launch);
    return launch;
  }

  /** Unloads a model and forgets it: at once, or once it has answered the requests that it has. MODEL_NOT_FOUND. */
  async remove(id: string, { drain = false }: { readonly drain?: boolean } = {}): Promise<void> {
    await this.#launched.remove(this.#launched.get(id), drain);
  }

  /** Unloads all. Nothing runs once it has settled, also of models that were being removed already. */
  async close(): Promise<void> {
    await this.#launched.close();
  }

  /** The model itself, or in the place of one that failed and is to be loaded anew, the next. */
  #renewed(model: LaunchedModel): LaunchedModel {
    return isRenewed(model) ? this.#launched.begin(model.renewal, model.onDemandOf) : model;
  }
}

const noLaunch: OnDemand = () => undefined;

/** A launch or changes without members that are undefined, which mean the same as absent ones. */
function given(launch: object): object {
  return Object.fromEntries(Object.entries(launch).filter(([, value]) => value !== undefined));
}

/** Whether a model that failed is to be loaded anew by the work that found it out. */
function isRenewed({ state, launch }: LaunchedModel): boolean {
  return state === "failed" && launch.onChange === "reload";
}

/** Whether a load was given up since the request that began it wanted another task of the model. */
function isForAnother(error: unknown, { onDemandOf }: LaunchedModel, { name }: Task): boolean {
  const isMismatch = isKernelError(error) && error.code === "TASK_MISMATCH";
  return isMismatch && onDemandOf !== undefined && onDemandOf.name !== name;
}
