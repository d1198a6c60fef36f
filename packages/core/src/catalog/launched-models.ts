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

  /** Unloads a model and forgets it, unless another has its id by now. */
  async remove(model: LaunchedModel): Promise<void> {
    const { id } = model.launch;
    if (this.#byId.get(id) !== model) return;
    this.#byId.delete(id);
    await this.#end(model);
  }

  /** Unloads all. Nothing runs once it has settled, also of models that were being removed already. */
  async close(): Promise<void> {
    const ends = [...this.#ends, ...this.all.map((model) => this.remove(model))];
    await Promise.allSettled(ends);
    await closeAll(ends.map((end) => () => end));
  }

  #end(model: LaunchedModel): Promise<void> {
    const end = model.end().finally(() => this.#ends.delete(end));
    this.#ends.add(end);
    return end;
  }
}
