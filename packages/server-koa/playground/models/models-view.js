// @ts-check
import { find } from "../find.js";
import { Problem } from "../problem.js";
import { shownBytes } from "../shown-bytes.js";
import { LaunchForm } from "./launch-form.js";
import { ModelCard } from "./model-card.js";
import { isOpen } from "./residency.js";
import { Rights } from "./rights.js";
import { UnloadDialog } from "./unload-dialog.js";
import { reveal } from "../reveal.js";
/** @import { Catalogue } from "../catalogue.js" */
/** @import { Model } from "../api/models.js" */

/** The tab of models, kept up to date. */
export class ModelsView {
  #panel = find("models-panel", HTMLElement);
  #title = find("models-title", HTMLElement);
  #list = find("model-list", HTMLElement);
  #sum = find("models-sum", HTMLElement);
  #news = find("models-news", HTMLElement);
  #reason = find("models-reason", HTMLElement);
  #problem = new Problem(find("models-problem", HTMLElement));
  #advice = find("launch-advice", HTMLElement);
  #dialog = new UnloadDialog();
  #rights = new Rights();
  /** @type {Map<string, ModelCard>} */
  #cards = new Map();
  #catalogue;
  #trialOf;

  /**
   * @param {Catalogue} catalogue
   * @param {(task: string) => ((id: string) => void) | undefined} trialOf What opens the tab that tries a model of a task.
   */
  constructor(catalogue, trialOf) {
    this.#catalogue = catalogue;
    this.#trialOf = trialOf;
    find("base-url", HTMLElement).textContent = new URL("v1", document.baseURI).href;
    new LaunchForm(catalogue, this.#rights, (id) => void this.#launched(id));
    this.#rights.addEventListener("change", () => this.#showRights());
    catalogue.addEventListener("change", () => this.#heard());
  }

  #heard() {
    const { gone, problem, models } = this.#catalogue;
    this.#problem.clear();
    if (problem) this.#rights.forget();
    else if (!this.#panel.hidden) void this.#rights.learn();
    if (!problem) this.#keepFocus(() => this.#show(models));
    else if (!gone) this.#problem.show(problem);
  }

  #showRights() {
    const { given, reason } = this.#rights;
    this.#reason.textContent = reason;
    this.#reason.hidden = reason === "";
    find("launch-here", HTMLElement).hidden = !given;
    this.#keepFocus(() => this.#show(this.#catalogue.models));
  }

  /** @param {string} id */
  async #launched(id) {
    await this.#tell(`The launch of ${id} has begun.`);
    const card = this.#cards.get(id);
    if (card) reveal(card.element);
  }

  /** @param {string} news */
  async #tell(news) {
    this.#news.textContent = news;
    await this.#catalogue.look();
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

  /**
   * Moves the focus to the title when its element goes away: from nowhere, the Tab key would begin at the top of the page.
   * @param {() => void} change
   */
  #keepFocus(change) {
    const focused = document.activeElement;
    const wasHere = focused instanceof HTMLElement && this.#panel.contains(focused);
    change();
    if (wasHere && !focused.checkVisibility()) this.#title.focus();
  }

  /** @param {string} id */
  #cardOf(id) {
    const known = this.#cards.get(id);
    if (known) return known;
    const around = {
      rights: this.#rights,
      dialog: this.#dialog,
      onChange: (/** @type {string} */ news) => void this.#tell(news),
    };
    const card = new ModelCard(id, around);
    this.#cards.set(id, card);
    this.#list.append(card.element);
    return card;
  }
}

/** @param {Model[]} models */
function sumOf(models) {
  if (models.length === 0) return "No models";
  const open = models.filter(isOpen).length;
  const held = models.reduce((sum, { memory }) => sum + (memory?.leased ?? 0), 0);
  const count = models.length === 1 ? "One model" : `${models.length} models`;
  return `${count}, ${open} in memory, ${shownBytes(held)}`;
}
