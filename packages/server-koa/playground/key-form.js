// @ts-check
import { visitKey } from "./api/visit-key.js";
import { find } from "./find.js";

/**
 * What the page shows of the server. Dispatches "change" after each look.
 * @typedef {EventTarget & { readonly problem: unknown, look(): Promise<void> }} Looked
 */

/** The line over the page that asks for an API key once the server wants one. */
export class KeyForm {
  #form = find("key-form", HTMLFormElement);
  #key = find("visit-key", HTMLInputElement);
  #words = find("key-words", HTMLElement);

  /** @param {Looked} looked */
  constructor(looked) {
    visitKey.addEventListener("refused", () => this.#ask());
    looked.addEventListener("change", () => {
      if (looked.problem === undefined) this.#form.hidden = true;
    });
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      visitKey.value = this.#key.value.trim();
      void looked.look();
    });
  }

  #ask() {
    const words =
      visitKey.value === ""
        ? "This server wants an API key."
        : "The server does not know this key.";
    if (this.#words.textContent !== words) this.#words.textContent = words;
    if (!this.#form.hidden) return;
    this.#form.hidden = false;
    this.#key.focus();
  }
}
