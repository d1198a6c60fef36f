// @ts-check
import { find } from "../find.js";
import { Problem } from "../problem.js";
import { shownBytes } from "../shown-bytes.js";
import { ModelCard } from "./model-card.js";
/** @import { Catalogue } from "../catalogue.js" */
/** @import { Model } from "../api/models.js" */

/** The tab of models, kept up to date. */
export class ModelsView {
  #list = find("model-list", HTMLElement);
  #sum = find("models-sum", HTMLElement);
  #problem = new Problem(find("models-problem", HTMLElement));
  #advice = find("launch-advice", HTMLElement);
  /** @type {Map<string, ModelCard>} */
  #cards = new Map();
  #trialOf;

  /**
   * @param {Catalogue} catalogue
   * @param {(task: string) => ((id: string) => void) | undefined} trialOf What opens the tab that tries a model of a task.
   */
  constructor(catalogue, trialOf) {
    this.#trialOf = trialOf;
    find("base-url", HTMLElement).textContent = new URL("v1", document.baseURI).href;
    catalogue.addEventListener("change", () => {
      this.#problem.clear();
      if (!catalogue.problem) this.#show(catalogue.models);
      else if (!catalogue.gone) this.#problem.show(catalogue.problem);
    });
  }

  /** @param {Model[]} models */
  #show(models) {
    const gone = new Set(this.#cards.keys());
    for (const model of models) {
      gone.delete(model.id);
      const attempt = this.#trialOf(model.task ?? "");
      this.#cardOf(model.id).update(model, attempt && (() => attempt(model.id)));
    }
    for (const id of gone) this.#cards.get(id)?.element.remove();
    for (const id of gone) this.#cards.delete(id);
    this.#advice.hidden = models.some(({ state }) => state !== "failed");
    const sum = sumOf(models);
    if (this.#sum.textContent !== sum) this.#sum.textContent = sum;
  }

  /** @param {string} id */
  #cardOf(id) {
    const known = this.#cards.get(id);
    if (known) return known;
    const card = new ModelCard(id);
    this.#cards.set(id, card);
    this.#list.append(card.element);
    return card;
  }
}

/** @param {Model[]} models */
function sumOf(models) {
  if (models.length === 0) return "No models";
  const loaded = models.filter(({ graphs = [] }) => graphs.some(({ open }) => open)).length;
  const held = models.reduce((sum, { memory }) => sum + (memory?.leased ?? 0), 0);
  const count = models.length === 1 ? "One model" : `${models.length} models`;
  return `${count}, ${loaded} loaded, ${shownBytes(held)} in memory`;
}
