// @ts-check
/** @import { Catalogue } from "./catalogue.js" */
/** @import { Model } from "./api/models.js" */

/**
 * A <select> of the models of one task, kept in step with the catalogue. Dispatches "change" when another model is chosen
 * or the facts of the chosen one change.
 */
export class ModelSelect extends EventTarget {
  #select;
  /** @type {Model[]} */
  #models = [];

  /**
   * @param {HTMLSelectElement} select
   * @param {Catalogue} catalogue
   * @param {string} task
   * @param {AbortSignal} [signal] Ends it. Default: it lasts.
   */
  constructor(select, catalogue, task, signal = new AbortController().signal) {
    super();
    this.#select = select;
    select.addEventListener("change", () => this.dispatchEvent(new Event("change")));
    catalogue.addEventListener("change", () => this.#offer(catalogue.ofTask(task)), { signal });
    this.#offer(catalogue.ofTask(task));
  }

  /** @returns {Model | undefined} */
  get model() {
    return this.#models.find(({ id }) => id === this.#select.value);
  }

  /** @param {string} id */
  choose(id) {
    this.#select.value = id;
    this.dispatchEvent(new Event("change"));
  }

  /** @param {Model[]} models */
  #offer(models) {
    if (lasting(models) === lasting(this.#models)) return;
    this.#models = models;
    const chosen = this.#select.value;
    this.#select.replaceChildren(...models.map(optionOf));
    if (models.some(({ id }) => id === chosen)) this.#select.value = chosen;
    this.dispatchEvent(new Event("change"));
  }
}

const passing = new Set([
  "memory",
  "graphs",
  "waiting",
  "progress",
  "keepAlive",
  "idle",
  "replicas",
  "onDemand",
]);

/**
 * The facts of models that a form depends on: those that do not change while a model is ready, as its memory does.
 * @param {Model[]} models
 */
function lasting(models) {
  return JSON.stringify(models, (key, value) => (passing.has(key) ? undefined : value));
}

/** @param {Model} model */
function optionOf({ id, state }) {
  const failed = state === "failed";
  const option = new Option(failed ? `${id} (cannot be served)` : id, id);
  option.disabled = failed;
  return option;
}
