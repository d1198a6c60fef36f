// @ts-check
import { find } from "../find.js";
import { offer } from "./offer.js";
import { PictureField } from "./picture-field.js";
/** @import { ImageFiles } from "../api/images.js" */
/** @import { Model } from "../api/models.js" */

/** The picture that guides a ControlNet, and its settings. Dispatches "change" when the picture does. */
export class ControlFields extends EventTarget {
  #group = find("control", HTMLFieldSetElement);
  #field = new PictureField(find("control-picture", HTMLElement));
  #settings = find("control-settings", HTMLFieldSetElement);
  #choice = find("controlnet-choice", HTMLFieldSetElement);
  #names = find("controlnet", HTMLSelectElement);

  constructor() {
    super();
    this.#field.addEventListener("change", () => {
      this.#offerSettings();
      this.dispatchEvent(new Event("change"));
    });
  }

  /** @param {Model | undefined} model */
  offer({ controlnet: names = [] } = { id: "", state: "loading" }) {
    const chosen = this.#names.value;
    offer(this.#group, names.length > 0);
    offer(this.#choice, names.length > 1);
    this.#names.replaceChildren(...names.map((name) => new Option(name)));
    if (names.includes(chosen)) this.#names.value = chosen;
    this.#offerSettings();
  }

  /**
   * Whether an element is within these fields.
   * @param {Element} element
   */
  holds(element) {
    return this.#group.contains(element);
  }

  /** @returns {ImageFiles} */
  get files() {
    return this.#picture ? { control_image: this.#picture.file } : {};
  }

  /** @param {File} file */
  async choose(file) {
    await this.#field.choose(file);
  }

  /** @param {ImageFiles} files */
  async fill({ control_image: file }) {
    if (file) await this.#field.choose(file);
    else this.#field.remove();
  }

  get #picture() {
    return this.#group.hidden ? undefined : this.#field.picture;
  }

  #offerSettings() {
    offer(this.#settings, this.#picture !== undefined);
  }
}
