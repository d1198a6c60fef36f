// @ts-check
import { find } from "../find.js";

/** Asks before a model is unloaded. */
export class UnloadDialog {
  #dialog = find("unload-dialog", HTMLDialogElement);
  #question = find("unload-question", HTMLElement);
  #answer = find("unload-answer", HTMLButtonElement);

  /**
   * Resolves to whether the model is to be unloaded.
   * @param {string} verb As its button says it.
   * @param {string} id
   * @returns {Promise<boolean>}
   */
  ask(verb, id) {
    this.#question.textContent = `${verb} ${id}?`;
    this.#answer.textContent = verb;
    this.#dialog.returnValue = "";
    this.#dialog.showModal();
    return new Promise((resolve) => {
      const answer = () => resolve(this.#dialog.returnValue === "unload");
      this.#dialog.addEventListener("close", answer, { once: true });
    });
  }
}
