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
    const launched = known?.state === "failed" ? undefined : known;
    const model = launched ?? new LaunchedModel(launch, this.#around, call);
    if (!isDeepStrictEqual(given(model.launch), given(launch))) {
      throw new KernelError(
        "INVALID_INPUT",
        `"${launch.id}" is launched already, from ${model.launch.source}. Unload it first, or choose another id.`,
        { param: "id" },
      );
    }
    this.#launched.set(launch.id, model);
    return unlessAborted(model.loaded, call.signal);
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
    if (task && model.task !== undefined) refuseOtherTask(model, task);
    return model;
  }

  /** The same, once it is loaded. Also rejects with ABORTED while it loads, or with the reason why it is not served. */
  async loaded(task: Task, id: string | undefined, call: Call<any>): Promise<LoadedModel> {
    const model = this.find(task, id);
    if (model.state === "loading") call.onState?.({ state: "loading" });
    const loaded = await unlessAborted(model.loaded, call.signal);
    refuseOtherTask(model, task);
    return loaded;
  }

  /** Unloads a model and forgets it. MODEL_NOT_FOUND. */
  async remove(id: string): Promise<void> {
    const model = this.#get(id);
    this.#launched.delete(id);
    const end = model.end().finally(() => this.#ends.delete(end));
    this.#ends.add(end);
    await end;
  }

  /** Unloads all. Nothing runs once it has settled, also of models that were being removed already. */
  async close(): Promise<void> {
    const ends = [...this.#ends, ...[...this.#launched.keys()].map((id) => this.remove(id))];
    await Promise.allSettled(ends);
    await closeAll(ends.map((end) => () => end));
  }

  #get(id: string): LaunchedModel {
    checkId(id);
    const model = this.#launched.get(id);
    if (model) return model;
    throw unknownModel(id, [...this.#launched.keys()]);
  }
}

/** A launch without members that are undefined, which mean the same as absent ones. */
function given(launch: Launch): object {
  return Object.fromEntries(Object.entries(launch).filter(([, value]) => value !== undefined));
}

function refuseOtherTask({ launch, task }: LaunchedModel, { name }: Task): void {
  if (task === name) return;
  throw new KernelError(
    "TASK_MISMATCH",
    `"${launch.id}" is for "${task}", not "${name}". Name a model of that task.`,
    { param: "model" },
  );
}
