// @ts-check
import { find } from "./find.js";
/** @import { Catalogue } from "./catalogue.js" */

/** Milliseconds for which the page says that the server is back. */
const welcome = 5_000;

/** The line over all tabs that says when the server went away, what to do, and when it is back. */
export class Outage {
  #line = find("outage", HTMLElement);
  #words = find("outage-words", HTMLElement);
  #advice = find("outage-advice", HTMLElement);
  #gone = false;

  /** @param {Catalogue} catalogue */
  constructor(catalogue) {
    catalogue.addEventListener("change", () => {
      if (catalogue.gone === this.#gone) return;
      this.#gone = catalogue.gone;
      this.#tell();
    });
  }

  #tell() {
    this.#line.hidden = false;
    this.#line.dataset["state"] = this.#gone ? "gone" : "back";
    this.#words.textContent = this.#gone ? "The server went away." : "The server is back.";
    this.#advice.hidden = !this.#gone;
    if (!this.#gone) setTimeout(() => (this.#line.hidden = !this.#gone), welcome);
  }
}
