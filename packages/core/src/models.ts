import { declareModel } from "./declare.ts";
import type { Surroundings } from "./declare.ts";
import { abortError, isKernelError, KernelError } from "./errors.ts";
import type { Launch } from "./launch.ts";
import type { ModelInfo } from "./model-info.ts";
import type { Progress } from "./model-source.ts";
import type { Call } from "./pipeline.ts";
import type { Serving } from "./serving.ts";
import { suggestion } from "./suggestion.ts";
import type { Task } from "./task.ts";

interface Entry {
  readonly launch: Launch;
  /** Rejects when the model cannot be served. */
  readonly serving: Promise<Serving>;
  readonly ended: AbortController;
  now: Serving | KernelError | undefined;
}

/** The launched models by id: each declared once, however many ask at the same time. */
export class Models {
  readonly #around: Surroundings;
  readonly #entries = new Map<string, Entry>();

  constructor(around: Surroundings) {
    this.#around = around;
  }

  get infos(): readonly ModelInfo[] {
    return [...this.#entries.values()].map(infoOf);
  }

  /** Declares a model. One of the same launch is shared, a failed one tried anew; INVALID_INPUT when the id is taken by another. */
  launch(launch: Launch, call: Call<Progress>): Promise<Serving> {
    const known = this.#entries.get(launch.id);
    if (known && !(known.now instanceof Error)) {
      if (sameLaunch(known.launch, launch)) return known.serving;
      throw new KernelError(
        "INVALID_INPUT",
        `"${launch.id}" is launched already, from ${known.launch.source}. Unload it first, or choose another id.`,
        { param: "id" },
      );
    }
    return this.#declare(launch, call);
  }

  /** The model that a request means. MODEL_NOT_FOUND, TASK_MISMATCH, or why it is not served. */
  async find(task: Task, id: string | undefined): Promise<Serving> {
    const entry = id === undefined ? this.#only(task) : this.#entries.get(id);
    if (!entry) {
      const known = [...this.#entries.keys()];
      const hint = known.length > 0 ? suggestion(id!, known) : " None is launched.";
      throw new KernelError("MODEL_NOT_FOUND", `There is no model "${id}".${hint}`, {
        param: "model",
      });
    }
    const serving = await entry.serving;
    const { name } = serving.kinship.family.task;
    if (name === task.name) return serving;
    throw new KernelError(
      "TASK_MISMATCH",
      `"${entry.launch.id}" is for "${name}", not "${task.name}". Name a model of that task.`,
      { param: "model" },
    );
  }

  async remove(id: string): Promise<void> {
    const entry = this.#entries.get(id);
    if (!entry)
      throw new KernelError(
        "MODEL_NOT_FOUND",
        `There is no model "${id}".${suggestion(id, [...this.#entries.keys()])}`,
        { param: "model" },
      );
    this.#entries.delete(id);
    entry.ended.abort(
      new KernelError("CLOSED", `"${id}" was unloaded while it was being launched.`),
    );
    const serving = await entry.serving.catch(() => undefined);
    await serving?.close();
  }

  async close(): Promise<void> {
    await Promise.all([...this.#entries.keys()].map((id) => this.remove(id)));
  }

  #declare(launch: Launch, call: Call<Progress>): Promise<Serving> {
    const ended = new AbortController();
    const signal = AbortSignal.any([call.signal, ended.signal]);
    const serving = declareModel(launch, this.#around, { ...call, signal }).then(async (made) => {
      if (!signal.aborted) return made;
      await made.close();
      throw abortError(signal);
    });
    const entry: Entry = { launch, serving, ended, now: undefined };
    this.#entries.set(launch.id, entry);
    serving.then(
      (made) => (entry.now = made),
      (error) => (entry.now = asLoadFailure(launch, error)),
    );
    return serving;
  }

  #only(task: Task): Entry {
    const able = [...this.#entries.values()].filter(
      ({ now }) => now && !(now instanceof Error) && now.kinship.family.task.name === task.name,
    );
    const [only] = able;
    if (only && able.length === 1) return only;
    const names = able.map(({ launch }) => `"${launch.id}"`).join(", ");
    const message = only
      ? `Several models serve "${task.name}": ${names}. Name one.`
      : `No model serves "${task.name}". Launch one.`;
    throw new KernelError("INVALID_INPUT", message, { param: "model" });
  }
}

function infoOf({ launch: { id }, now }: Entry): ModelInfo {
  if (!now) return { id, state: "loading" };
  return now instanceof Error ? { id, state: "failed", reason: now.message } : now.info;
}

function asLoadFailure({ id }: Launch, error: unknown): KernelError {
  if (isKernelError(error)) return error;
  return new KernelError("LOAD_FAILED", `"${id}" could not be loaded: ${String(error)}`, {
    cause: error,
  });
}

function sameLaunch(a: Launch, b: Launch): boolean {
  return (
    JSON.stringify(Object.entries(a).toSorted()) === JSON.stringify(Object.entries(b).toSorted())
  );
}
