import { isDeepStrictEqual } from "node:util";
import type { Surroundings } from "./load-model.ts";
import { closeAll } from "../shared/dispose.ts";
import { KernelError, throwIfAborted, unlessAborted } from "../errors.ts";
import { LaunchedModel } from "./launched-model.ts";
import type { Launch } from "../launch.ts";
import type { ModelInfo } from "../model-info.ts";
import type { LoadProgress } from "../model-source.ts";
import { defaultModel } from "./default-model.ts";
import type { Call } from "../pipeline.ts";
import type { LoadedModel } from "./loaded-model.ts";
import type { Task } from "../task.ts";
import { unknownModel } from "./unknown-model.ts";

/** The launched models by id: each declared once, however many ask at the same time. */
export class Catalog {
  readonly #around: Surroundings;
  readonly #launched = new Map<string, LaunchedModel>();
  readonly #ends = new Set<Promise<void>>();

  constructor(around: Surroundings) {
    this.#around = around;
  }

  get infos(): readonly ModelInfo[] {
    return [...this.#launched.values()].map(({ info }) => info);
  }

  /**
   * Declares a model. One of the same launch is shared, a failed one tried anew; INVALID_INPUT when the id is taken by
   * another. The signal ends this caller's waiting, not the load.
   */
  async launch(launch: Launch, call: Call<LoadProgress>): Promise<LoadedModel> {
    throwIfAborted(call.signal);
    const known = this.#launched.get(launch.id);
    const launched = known && !known.failed ? known : new LaunchedModel(launch, this.#around, call);
    if (!isDeepStrictEqual(launched.launch, launch)) {
      throw new KernelError(
        "INVALID_INPUT",
        `"${launch.id}" is launched already, from ${launched.launch.source}. Unload it first, or choose another id.`,
        { param: "id" },
      );
    }
    this.#launched.set(launch.id, launched);
    return unlessAborted(launched.model, call.signal);
  }

  /**
   * The model that a request means: without an id, the default of its task. INVALID_INPUT when none or several could be
   * meant, MODEL_NOT_FOUND, TASK_MISMATCH.
   */
  info(task: Task | undefined, id: string | undefined): ModelInfo {
    if (id === undefined && task) return defaultModel(this.infos, task);
    const { info } = this.#get(id ?? "");
    if (task && info.task !== undefined) refuseOtherTask(info.id, info.task, task);
    return info;
  }

  /** The same, once it is loaded. Also rejects with ABORTED while it loads, or with the reason why it is not served. */
  async find(task: Task, id: string | undefined, call: Call<any>): Promise<LoadedModel> {
    const launched = this.#get(this.info(task, id).id);
    if (launched.loading) call.onState?.({ state: "loading" });
    const model = await unlessAborted(launched.model, call.signal);
    refuseOtherTask(launched.launch.id, model.choice.family.task.name, task);
    return model;
  }

  async remove(id: string): Promise<void> {
    const launched = this.#get(id);
    this.#launched.delete(id);
    const end = launched.end().finally(() => this.#ends.delete(end));
    this.#ends.add(end);
    await end;
  }

  /** Nothing runs once it has settled, also of models that were being removed already. */
  async close(): Promise<void> {
    const ends = [...this.#ends, ...[...this.#launched.keys()].map((id) => this.remove(id))];
    await Promise.allSettled(ends);
    await closeAll(ends.map((end) => () => end));
  }

  #get(id: string): LaunchedModel {
    const launched = this.#launched.get(id);
    if (launched) return launched;
    throw unknownModel(id, [...this.#launched.keys()]);
  }
}

function refuseOtherTask(id: string, found: string, { name }: Task): void {
  if (found === name) return;
  throw new KernelError(
    "TASK_MISMATCH",
    `"${id}" is for "${found}", not "${name}". Name a model of that task.`,
    { param: "model" },
  );
}
