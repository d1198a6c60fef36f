// @ts-check
import { find, pick } from "../find.js";

/** Asks before a model is unloaded. */
export class UnloadDialog {
  #dialog = find("unload-dialog", HTMLDialogElement);
  #question = find("unload-question", HTMLElement);
  #answer = find("unload-answer", HTMLButtonElement);
  #form = pick(this.#dialog, "form", HTMLFormElement);

  /**
   * Resolves to whether the model is to be unloaded.
   * @param {string} verb As its button says it.
   * @param {string} id
   * @returns {Promise<boolean>}
   */
  ask(verb, id) {
    this.#question.textContent = `${verb} ${id}?`;
    this.#answer.textContent = verb;
    this.#dialog.showModal();
    return new Promise((resolve) => {
      const listening = new AbortController();
      const { signal } = listening;
      const settle = (/** @type {boolean} */ isYes) => {
        listening.abort();
        resolve(isYes);
      };
      // The dialog tells of its closing late: the key that asks again may come before.
      this.#form.addEventListener("submit", ({ submitter }) => settle(submitter === this.#answer), {
        signal,
      });
      for (const end of ["cancel", "close"])
        this.#dialog.addEventListener(end, () => settle(false), { signal });
    });
  }
}
