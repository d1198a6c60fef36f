// @ts-check
import { copyOf, find, pick } from "../find.js";
import { fillLines } from "../lines.js";
import { factsOf, fileNameOf } from "./picture.js";
/** @import { Picture } from "./picture.js" */

/** The list of the pictures drawn since the page was opened, newest first. */
export class Gallery {
  #list = find("gallery", HTMLElement);
  #hint = find("gallery-hint", HTMLElement);
  #look;
  #reuse;

  /** @param {{ look(picture: Picture): void, reuse(picture: Picture): void }} does Called by the buttons of a picture. */
  constructor({ look, reuse }) {
    this.#look = look;
    this.#reuse = reuse;
  }

  /** @param {Picture} picture */
  add(picture) {
    const { prompt } = picture.request;
    const item = copyOf("print-template");
    const image = pick(item, "img", HTMLImageElement);
    const look = pick(item, ".look", HTMLButtonElement);
    const reuse = pick(item, ".reuse", HTMLButtonElement);
    const download = pick(item, ".download", HTMLAnchorElement);
    image.src = picture.url;
    look.ariaLabel = `Look at “${prompt}”`;
    look.addEventListener("click", () => this.#look(picture));
    pick(item, ".title", HTMLElement).textContent = prompt;
    fillLines(pick(item, ".facts", HTMLElement), factsOf(picture));
    reuse.ariaLabel = `Reuse the settings of “${prompt}”`;
    reuse.addEventListener("click", () => this.#reuse(picture));
    download.ariaLabel = `Download “${prompt}”`;
    download.href = picture.url;
    download.download = fileNameOf(picture);
    this.#list.prepend(item);
    this.#hint.hidden = true;
  }
}
