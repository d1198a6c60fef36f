// @ts-check
import { copyOf, pick } from "../find.js";
import { picturesIn, withoutBytes } from "./reply-pictures.js";
import { reveal } from "../reveal.js";
/** @import { ReplyPicture } from "./reply-pictures.js" */

/** Shows the reply of an endpoint as it came, the pictures in it, and how long it took. */
export class Answer {
  #box;
  #name;
  #title;
  #pre;
  #code;
  #pictures;
  #began = 0;

  /**
   * @param {HTMLElement} box
   * @param {string} name Of the endpoint.
   */
  constructor(box, name) {
    this.#box = box;
    this.#name = name.toLowerCase().replaceAll(" ", "-");
    this.#title = pick(box, ".answer-title", HTMLElement);
    this.#pre = pick(box, "pre", HTMLElement);
    this.#code = pick(box, "code", HTMLElement);
    this.#pictures = pick(box, ".answer-pictures", HTMLElement);
  }

  begin() {
    this.#began = performance.now();
    this.clear("Asking");
  }

  /** @param {unknown} reply What JSON stands for, or a text. */
  show(reply) {
    const milliseconds = Math.round(performance.now() - this.#began);
    this.#say(`The reply, after ${milliseconds} ms`, "done");
    this.#code.textContent =
      typeof reply === "string" ? reply : JSON.stringify(withoutBytes(reply), null, 2);
    this.#pre.hidden = false;
    this.#pictures.replaceChildren(...picturesIn(reply).map((each) => this.#itemOf(each)));
    reveal(this.#box);
  }

  /**
   * Takes the last reply away.
   * @param {string} words
   */
  clear(words) {
    this.#say(words, "empty");
    this.#pre.hidden = true;
    this.#code.textContent = "";
    this.#pictures.replaceChildren();
  }

  /** @param {ReplyPicture} picture */
  #itemOf({ url, format }) {
    const item = copyOf("answer-picture-template");
    const image = pick(item, "img", HTMLImageElement);
    const download = pick(item, "a", HTMLAnchorElement);
    Object.assign(image, { src: url, alt: "The picture of the reply" });
    Object.assign(download, { href: url, download: `${this.#name}.${format}` });
    return item;
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
