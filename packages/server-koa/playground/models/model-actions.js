// @ts-check
import { cancelLaunch, keep, unload } from "../api/launches.js";
import { pick } from "../find.js";
import { Problem } from "../problem.js";
import { isPinned } from "./residency.js";
/** @import { Model } from "../api/models.js" */
/** @import { Rights } from "./rights.js" */
/** @import { UnloadDialog } from "./unload-dialog.js" */

/** Seconds that a model stays once it is unpinned, where the page never saw it otherwise: a server's own default. */
const usual = 300;

/**
 * @typedef {object} ActionSurroundings
 * @property {Rights} rights
 * @property {UnloadDialog} dialog
 * @property {(news: string) => void} onChange Called once the server has done what a button asks, with a sentence about it.
 */

/** The buttons that pin, unload and cancel one model, and the error of the last that was pressed. */
export class ModelActions {
  #id;
  #around;
  #pin;
  #unload;
  #cancel;
  #problem;
  /** @type {Model | undefined} */
  #model;
  /** Seconds that it stayed before it was pinned. */
  #kept = usual;

  /**
   * @param {HTMLElement} card
   * @param {string} id
   * @param {ActionSurroundings} around
   */
  constructor(card, id, around) {
    this.#id = id;
    this.#around = around;
    this.#pin = pick(card, ".pin", HTMLButtonElement);
    this.#unload = pick(card, ".unload", HTMLButtonElement);
    this.#cancel = pick(card, ".cancel", HTMLButtonElement);
    this.#problem = new Problem(pick(card, ".problem", HTMLElement));
    this.#pin.addEventListener("click", () => this.#act(this.#pin, () => this.#turnPin()));
    this.#unload.addEventListener("click", () =>
      this.#act(this.#unload, () => this.#askToUnload()),
    );
    this.#cancel.addEventListener("click", () =>
      this.#act(this.#cancel, async () => {
        await cancelLaunch(id);
        return `The launch of ${id} is cancelled.`;
      }),
    );
  }

  /** @param {Model} model */
  update(model) {
    const { state, keepAlive } = model;
    this.#model = model;
    if (keepAlive !== undefined && !isPinned(model)) this.#kept = keepAlive;
    this.#show(this.#pin, isPinned(model) ? "Unpin" : "Pin", state === "ready");
    this.#show(this.#unload, state === "failed" ? "Remove" : "Unload", state !== "loading");
    this.#show(this.#cancel, "Cancel", state === "loading");
  }

  /**
   * @param {HTMLButtonElement} button
   * @param {string} verb
   * @param {boolean} isPossible
   */
  #show(button, verb, isPossible) {
    button.hidden = !isPossible || !this.#around.rights.given;
    if (button.textContent === verb) return;
    button.textContent = verb;
    button.ariaLabel = `${verb} ${this.#id}`;
  }

  async #turnPin() {
    const isPinning = !this.#model || !isPinned(this.#model);
    await keep(this.#id, isPinning ? Infinity : this.#kept);
    return `${this.#id} is ${isPinning ? "pinned" : "no longer pinned"}.`;
  }

  async #askToUnload() {
    const verb = this.#unload.textContent ?? "";
    if (!(await this.#around.dialog.ask(verb, this.#id))) return undefined;
    await unload(this.#id);
    return `${this.#id} is unloaded.`;
  }

  /**
   * @param {HTMLButtonElement} button
   * @param {() => Promise<string | undefined>} does Resolves to what is new, if anything is.
   */
  async #act(button, does) {
    if (button.ariaBusy === "true") return;
    button.ariaBusy = "true";
    this.#problem.clear();
    try {
      const news = await does();
      if (news !== undefined) this.#around.onChange(news);
    } catch (error) {
      if (!this.#around.rights.lost(error)) this.#problem.show(error);
    }
    button.ariaBusy = "false";
  }
}
