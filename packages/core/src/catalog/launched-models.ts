import type { Launch } from "../launch.ts";
import type { ModelInfo } from "../model-info.ts";
import { closeAll } from "../shared/dispose.ts";
import type { Task } from "../task.ts";
import { checkId } from "./check-task.ts";
import { LaunchedModel } from "./launched-model.ts";
import type { Surroundings } from "./load-model.ts";
import { unknownModel } from "./unknown-model.ts";

/** The launched models by their ids and aliases, and the ends of those that are being unloaded. */
export class LaunchedModels {
  readonly #around: Surroundings;
  readonly #aliases: ReadonlyMap<string, string>;
  readonly #byId = new Map<string, LaunchedModel>();
  readonly #ends = new Set<Promise<void>>();
  /** Those that are loaded to take another's place. */
  readonly #beside = new Set<LaunchedModel>();
  /** Those that answer the requests that they have, and are found no more. */
  readonly #draining = new Set<LaunchedModel>();

  /** `aliases` are ids by their other names. */
  constructor(around: Surroundings, aliases: Readonly<Record<string, string>>) {
    this.#around = around;
    this.#aliases = new Map(Object.entries(aliases));
  }

  /** In the order of launching. */
  get all(): readonly LaunchedModel[] {
    return [...this.#byId.values()];
  }

  infoOf({ info }: { readonly info: ModelInfo }): ModelInfo {
    const aliases = [...this.#aliases].flatMap(([alias, id]) => (id === info.id ? alias : []));
    return aliases.length > 0 ? { ...info, aliases } : info;
  }

  /** The id that a name stands for: a launched model of that name comes before an alias. */
  idOf(name: string): string {
    return this.#byId.has(name) ? name : (this.#aliases.get(name) ?? name);
  }

  has(id: string): boolean {
    return this.#byId.has(id);
  }

  /** The model of an id, whatever the aliases. */
  find(id: string): LaunchedModel | undefined {
    return this.#byId.get(id);
  }

  /** The model of a name. MODEL_NOT_FOUND, INVALID_INPUT for what can be no name. */
  get(name: string): LaunchedModel {
    checkId(name);
    const model = this.#byId.get(this.idOf(name));
    if (model) return model;
    throw unknownModel(name, [...this.#byId.keys()]);
  }

  /** Launches a model, in the place of one of its id that failed or gives way. */
  begin(launch: Launch, onDemandOf?: Task): LaunchedModel {
    const before = this.#byId.get(launch.id);
    const model = new LaunchedModel(launch, this.#around, onDemandOf);
    this.#byId.set(launch.id, model);
    // Whoever unloads it or closes the catalog hears of what goes wrong.
    if (before) void this.#end(before).catch(() => {});
    return model;
  }

  /** Loads a model, which takes the place of the one of its id once it is loaded; that one ends when it is drained. */
  replace(launch: Launch): LaunchedModel {
    const model = new LaunchedModel(launch, this.#around);
    this.#beside.add(model);
    model.loaded
      .then(() => {
        const before = this.#byId.get(launch.id);
        this.#byId.set(launch.id, model);
        if (before) void this.#end(before, true).catch(() => {});
      })
      .catch(() => {})
      .finally(() => this.#beside.delete(model));
    return model;
  }

  /** Unloads a model and forgets it, unless another has its id by now. `drain` lets it answer the requests that it has first. */
  async remove(model: LaunchedModel, drain = false): Promise<void> {
    const { id } = model.launch;
    if (this.#byId.get(id) !== model) return;
    this.#byId.delete(id);
    await this.#end(model, drain);
  }

  /** Unloads all. Nothing runs once it has settled, also of models that were being removed already. */
  async close(): Promise<void> {
    const beside = [...this.#beside].map((model) => this.#end(model));
    for (const model of this.#draining) void model.end().catch(() => {});
    const ends = [...this.#ends, ...beside, ...this.all.map((model) => this.remove(model))];
    await Promise.allSettled(ends);
    await closeAll(ends.map((end) => () => end));
  }

  #end(model: LaunchedModel, drain = false): Promise<void> {
    const ending = drain ? this.#drained(model) : model.end();
    const end = ending.finally(() => this.#ends.delete(end));
    this.#ends.add(end);
    return end;
  }

  /** Ends a model once it has answered the requests that it has, or the catalog closes. */
  async #drained(model: LaunchedModel): Promise<void> {
    this.#draining.add(model);
    await model.drained();
    this.#draining.delete(model);
    await model.end();
  }
}
