// @ts-check
import { pick } from "../find.js";

/** Shows the reply of an endpoint as it came, and how long it took. */
export class Answer {
  #box;
  #title;
  #pre;
  #code;
  #began = 0;

  /** @param {HTMLElement} box */
  constructor(box) {
    this.#box = box;
    this.#title = pick(box, ".answer-title", HTMLElement);
    this.#pre = pick(box, "pre", HTMLElement);
    this.#code = pick(box, "code", HTMLElement);
  }

  begin() {
    this.#began = performance.now();
    this.clear("Asking");
  }

  /** @param {string} text */
  show(text) {
    const milliseconds = Math.round(performance.now() - this.#began);
    this.#say(`The reply, after ${milliseconds} ms`, "done");
    this.#code.textContent = text;
    this.#pre.hidden = false;
    this.#box.scrollIntoView({ block: "nearest" });
  }

  /**
   * Takes the last reply away.
   * @param {string} words
   */
  clear(words) {
    this.#say(words, "empty");
    this.#pre.hidden = true;
    this.#code.textContent = "";
  }

  /**
   * @param {string} words
   * @param {"empty" | "done"} state
   */
  #say(words, state) {
    this.#title.textContent = words;
    this.#box.dataset["state"] = state;
  }
}
