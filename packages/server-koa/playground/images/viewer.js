// @ts-check
import { find } from "../find.js";
import { fillLines } from "../lines.js";
import { CompareSlider } from "./compare-slider.js";
import { factsOf } from "./picture.js";
/** @import { Picture } from "./picture.js" */

/** Shows a picture as large as the window, over the page. Escape, its button and a click beside it close it. */
export class Viewer {
  #dialog = find("viewer", HTMLDialogElement);
  #picture = new CompareSlider(find("viewed", HTMLImageElement));
  #title = find("viewed-title", HTMLElement);
  #facts = find("viewed-facts", HTMLElement);
  #warnings = find("viewed-warnings", HTMLElement);

  constructor() {
    this.#dialog.addEventListener("click", ({ target }) => {
      if (target === this.#dialog) this.#dialog.close();
    });
  }

  /** @param {Picture} picture */
  look(picture) {
    void this.#picture.show(picture);
    this.#title.textContent = picture.request.prompt;
    fillLines(this.#facts, factsOf(picture));
    fillLines(this.#warnings, picture.warnings);
    this.#dialog.showModal();
  }
}
