// @ts-check
import { find } from "../find.js";
/** @import { Model } from "../api/models.js" */

/** What the chosen model says that it knows, and the prompts that it offers. A model that says nothing has neither. */
export class ExamplePrompts {
  #chips = find("examples", HTMLElement);
  #about = find("about-model", HTMLDetailsElement);
  #summary = find("about-model-summary", HTMLElement);
  #words = find("about-model-words", HTMLElement);

  /** @param {(prompt: string) => void} onChoose */
  constructor(onChoose) {
    this.#about.open = matchMedia("(min-width: 60rem)").matches;
    this.#chips.addEventListener("click", ({ target }) => {
      if (target instanceof HTMLButtonElement) onChoose(target.textContent ?? "");
    });
  }

  /** @param {Model | undefined} model */
  offer({ id, about, examples = [] } = { id: "", state: "loading" }) {
    this.#about.hidden = about === undefined;
    this.#summary.textContent = `What ${id} knows`;
    this.#words.textContent = about ?? "";
    this.#chips.hidden = examples.length === 0;
    this.#chips.replaceChildren(...examples.map(chip));
  }
}

/** @param {string} textContent */
function chip(textContent) {
  const item = document.createElement("li");
  item.append(Object.assign(document.createElement("button"), { type: "button", textContent }));
  return item;
}
