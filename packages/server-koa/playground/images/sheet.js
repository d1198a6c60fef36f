// @ts-check
import { find } from "../find.js";
/** @import { Picture } from "./picture.js" */

/** The pictures of one request side by side. Each can be looked at. */
export class Sheet {
  #element = find("sheet", HTMLElement);
  #look;

  /** @param {(picture: Picture) => void} look */
  constructor(look) {
    this.#look = look;
  }

  /** @param {Picture[]} pictures None hide it. */
  show(pictures) {
    const columns = Math.ceil(Math.sqrt(pictures.length));
    this.#element.hidden = pictures.length === 0;
    this.#element.style.setProperty("--columns", String(columns));
    this.#element.replaceChildren(...pictures.map((picture) => this.#button(picture)));
  }

  /** @param {Picture} picture */
  #button(picture) {
    const button = document.createElement("button");
    const image = new Image();
    image.src = picture.url;
    image.alt = "";
    button.type = "button";
    button.className = "look";
    button.ariaLabel = `Look at the picture of seed ${picture.seed}`;
    button.append(image);
    button.addEventListener("click", () => this.#look(picture));
    return button;
  }
}
