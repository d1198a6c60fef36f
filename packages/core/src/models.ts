import type { Surroundings } from "./declare.ts";
import { KernelError } from "./errors.ts";
import { Launched } from "./launched.ts";
import type { Launch } from "./launch.ts";
import type { ModelInfo } from "./model-info.ts";
import type { Progress } from "./model-source.ts";
import type { Call } from "./pipeline.ts";
import type { Serving } from "./serving.ts";
import type { Task } from "./task.ts";
import { unknownModel } from "./unknown-model.ts";

/** The launched models by id: each declared once, however many ask at the same time. */
export class Models {
  readonly #around: Surroundings;
  readonly #launched = new Map<string, Launched>();

  constructor(around: Surroundings) {
    this.#around = around;
  }

  get infos(): readonly ModelInfo[] {
    return [...this.#launched.values()].map(({ info }) => info);
  }

  /** Declares a model. One of the same launch is shared, a failed one tried anew; INVALID_INPUT when the id is taken by another. */
  launch(launch: Launch, call: Call<Progress>): Promise<Serving> {
    const known = this.#launched.get(launch.id);
    if (known && !known.failed) {
      if (isSame(known.launch, launch)) return known.serving;
      throw new KernelError(
        "INVALID_INPUT",
        `"${launch.id}" is launched already, from ${known.launch.source}. Unload it first, or choose another id.`,
        { param: "id" },
      );
    }
    const launched = new Launched(launch, this.#around, call);
    this.#launched.set(launch.id, launched);
    return launched.serving;
  }

  /** The model that a request means. MODEL_NOT_FOUND, TASK_MISMATCH, or why it is not served. */
  async find(task: Task, id: string | undefined): Promise<Serving> {
    const launched = id === undefined ? this.#only(task) : this.#get(id);
    const serving = await launched.serving;
    const { name } = serving.kinship.family.task;
    if (name === task.name) return serving;
    throw new KernelError(
      "TASK_MISMATCH",
      `"${launched.launch.id}" is for "${name}", not "${task.name}". Name a model of that task.`,
      { param: "model" },
    );
  }

  async remove(id: string): Promise<void> {
    const launched = this.#get(id);
    this.#launched.delete(id);
    await launched.end();
  }

  async close(): Promise<void> {
    await Promise.all([...this.#launched.keys()].map((id) => this.remove(id)));
  }

  #get(id: string): Launched {
    const launched = this.#launched.get(id);
    if (launched) return launched;
    throw unknownModel(id, [...this.#launched.keys()]);
  }

  #only(task: Task): Launched {
    const able = [...this.#launched.values()].filter((launched) => launched.serves(task));
    const [only] = able;
    if (only && able.length === 1) return only;
    const names = able.map(({ launch }) => `"${launch.id}"`).join(", ");
    const message = only
      ? `Several models serve "${task.name}": ${names}. Name one.`
      : `No model serves "${task.name}". Launch one.`;
    throw new KernelError("INVALID_INPUT", message, { param: "model" });
  }
}

function isSame(a: Launch, b: Launch): boolean {
  const [one, other] = [a, b].map((launch) => JSON.stringify(Object.entries(launch).toSorted()));
  return one === other;
}
