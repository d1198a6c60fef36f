import { isDeepStrictEqual } from "node:util";
import { suggestion } from "../suggestion.ts";
import { KernelError, shorten } from "../errors.ts";
import { hubName } from "../hub/hub-name.ts";
import type { Hub, HubName } from "../hub/hub-name.ts";
import type { Launch } from "../launch.ts";
import type { ModelInfo } from "../model-info.ts";
import type { Plugin } from "../plugin.ts";
import { isCalled } from "../published.ts";
import { checkRegistration } from "./check-registration.ts";
import type { KnownModel, RegisteredModel } from "./registered-model.ts";
import { RegistryFile } from "./registry-file.ts";
import type { RegistryState } from "./registry-file.ts";

export interface RegistryOptions {
  /** The kernel's. Its families' checkpoints are known by name. */
  readonly plugins: readonly Plugin[];
  /** Where published models come from: those that are not known to be there are left out. Default "huggingface". */
  readonly hub?: Hub;
  /** A JSON file that keeps registered models and launches. Default: they end with the process. */
  readonly file?: string;
}

/**
 * The models that can be launched by their names: published ones that the families know, and registered ones. It keeps launches
 * too, so that a server begins where it ended.
 */
export class ModelRegistry {
  readonly hub: Hub;
  readonly #published: readonly KnownModel[];
  readonly #file: RegistryFile | undefined;
  readonly #registered = new Map<string, RegisteredModel>();
  /** The names of registered models that the file keeps. */
  readonly #kept = new Set<string>();
  readonly #launches = new Map<string, Launch>();

  private constructor(plugins: readonly Plugin[], hub: Hub, file: RegistryFile | undefined) {
    this.#file = file;
    this.hub = hub;
    this.#published = plugins
      .flatMap(({ families = [] }) => families)
      .flatMap(({ name: family, task, checkpoints = [] }) =>
        checkpoints.flatMap((checkpoint): KnownModel | [] => {
          const { name } = checkpoint;
          const found = hubName(name, [checkpoint], hub);
          if (!found) return [];
          return { name, task: task.name, family, source: sourceOf(found), checkpoint };
        }),
      );
  }

  /** Reads the file, if there is one. LOAD_FAILED when it is not sound. */
  static async open({
    plugins,
    hub = "huggingface",
    file: path,
  }: RegistryOptions): Promise<ModelRegistry> {
    const file = path === undefined ? undefined : new RegistryFile(path);
    const registry = new ModelRegistry(plugins, hub, file);
    const { models, launches }: RegistryState = (await file?.read()) ?? {
      models: [],
      launches: [],
    };
    for (const model of models) {
      registry.#registered.set(model.name, model);
      registry.#kept.add(model.name);
    }
    for (const launch of launches) registry.#launches.set(launch.id, launch);
    return registry;
  }

  /** All models, published ones first. */
  get models(): readonly KnownModel[] {
    return [...this.#published, ...this.#registered.values()];
  }

  /** The launches that are kept. */
  get launches(): readonly Launch[] {
    return [...this.#launches.values()];
  }

  /** The model of a name, or of an alias of a published one. */
  find(name: string): KnownModel | undefined {
    const registered = this.#registered.get(name);
    return registered ?? this.#published.find(({ checkpoint }) => isCalled(checkpoint!, [name]));
  }

  /** The repository that a name stands for: that of a published model, or "owner/name" itself; either with "@revision". */
  repository(name: string): HubName | undefined {
    const checkpoints = this.#published.map(({ checkpoint }) => checkpoint!);
    return hubName(name, checkpoints, this.hub);
  }

  /** Whether a model was registered under this name, and is not published. */
  isRegistered(name: string): boolean {
    return this.#registered.has(name);
  }

  /** The name of the registered model that a launched one is; undefined when it is none. */
  launchedAs({ source }: Pick<ModelInfo, "source">): string | undefined {
    return [...this.#registered.values()].find((each) => each.source === source)?.name;
  }

  /**
   * Registers a model; `keep` says whether the file has it. The same again changes nothing but that. Rejects with INVALID_INPUT for
   * what is no model, or a name that is taken, with LOAD_FAILED when the file cannot be written: then all is as it was.
   */
  async register(model: RegisteredModel, keep = true): Promise<void> {
    checkRegistration(model);
    const { name } = model;
    const known = this.find(name);
    if (known && !isDeepStrictEqual(known, model)) {
      const what = known.checkpoint ? "is the name of a published model" : "is registered already";
      const message = `"${name}" ${what}. Choose another name${known.checkpoint ? "" : ", or unregister it first"}.`;
      throw new KernelError("INVALID_INPUT", message, { param: "name" });
    }
    const undo = this.#remembered(name);
    const wasKept = this.#kept.has(name);
    this.#set(name, model, keep);
    if (keep || wasKept) await this.#write().catch(undo);
  }

  /**
   * Forgets a registered model; what is launched of it stays launched. Rejects with MODEL_NOT_FOUND, INVALID_INPUT for a published one,
   * LOAD_FAILED as `register` does.
   */
  async unregister(name: string): Promise<void> {
    if (!this.#registered.has(name)) throw this.#unregistrable(name);
    const undo = this.#remembered(name);
    const wasKept = this.#kept.has(name);
    this.#set(name, undefined, false);
    if (wasKept) await this.#write().catch(undo);
  }

  #set(name: string, model: RegisteredModel | undefined, keep: boolean): void {
    if (model) this.#registered.set(name, model);
    else this.#registered.delete(name);
    if (keep) this.#kept.add(name);
    else this.#kept.delete(name);
  }

  /** Makes a name's model what it is now, and throws the error. */
  #remembered(name: string): (error: unknown) => never {
    const [model, wasKept] = [this.#registered.get(name), this.#kept.has(name)];
    return (error) => {
      this.#set(name, model, wasKept);
      throw error;
    };
  }

  /** Keeps a launch, in the place of another of its id. */
  async keepLaunch(launch: Launch): Promise<void> {
    this.#launches.set(launch.id, launch);
    await this.#write();
  }

  /** Forgets the launch of an id, if it is kept. */
  async forgetLaunch(id: string): Promise<void> {
    if (this.#launches.delete(id)) await this.#write();
  }

  /** MODEL_NOT_FOUND for a name that is none of a registry's, with the one that was probably meant. */
  unknown(name: string, param = "model"): KernelError {
    const asked = shorten(name, 200);
    const hint = suggestion(
      asked,
      this.models.map((each) => each.name),
    );
    return new KernelError("MODEL_NOT_FOUND", `There is no model "${asked}".${hint}`, { param });
  }

  #unregistrable(name: string): KernelError {
    if (!this.find(name)) return this.unknown(name);
    const message = `"${shorten(name, 200)}" is a published model, and cannot be unregistered.`;
    return new KernelError("INVALID_INPUT", message, { param: "model" });
  }

  async #write(): Promise<void> {
    const models = [...this.#registered.values()].filter(({ name }) => this.#kept.has(name));
    await this.#file?.write({ models, launches: this.launches });
  }
}

/** A launch's `source` that means a repository, and no path. */
export function sourceOf({ repo, revision }: HubName): string {
  return `${repo}@${revision}`;
}
