// @ts-check
import { find } from "../find.js";
import { drawsOver, onlyWithinMask } from "./abilities.js";
import { MaskCanvas } from "./mask-canvas.js";
import { MaskEditor } from "./mask-editor.js";
import { maskFile } from "./mask-file.js";
import { offer } from "./offer.js";
import { PictureField } from "./picture-field.js";
import { reveal } from "../reveal.js";
/** @import { ImageFiles } from "../api/images.js" */
/** @import { Model } from "../api/models.js" */

const unshown = "This browser cannot show it, so no mask can be painted. It is sent as it is.";

/** The picture that is drawn over, its mask, and their settings. Dispatches "change" when the picture or its mask does. */
export class OriginFields extends EventTarget {
  #group = find("origin", HTMLFieldSetElement);
  #hint = find("origin-hint", HTMLElement);
  #field = new PictureField(find("origin-picture", HTMLElement));
  #settings = find("origin-settings", HTMLFieldSetElement);
  #maskSettings = find("mask-settings", HTMLFieldSetElement);
  #paint = find("paint-mask", HTMLButtonElement);
  #words = find("mask-words", HTMLElement);
  #thumb = new MaskCanvas(find("mask-thumb", HTMLCanvasElement), 256);
  #editor = new MaskEditor();
  #strength = find("strength", HTMLInputElement);
  #slider = find("strength-slider", HTMLInputElement);

  constructor() {
    super();
    this.#field.addEventListener("change", () => this.#show());
    this.#editor.addEventListener("change", () => this.#showMask());
    this.#paint.addEventListener("click", () => this.#editor.open());
    this.#strength.addEventListener("input", () => this.#showStrength());
    this.#slider.addEventListener("input", () => {
      this.#strength.value = this.#slider.value;
      this.#showStrength();
    });
    this.#showStrength();
  }

  /** @param {Model | undefined} model */
  offer(model) {
    offer(this.#group, drawsOver(model));
    this.#hint.textContent = onlyWithinMask(model)
      ? "This model draws only within a mask. Choose, drop or paste a picture, and paint one."
      : "To draw over a picture, choose it, or drop or paste it here.";
    this.#offerSettings();
  }

  get isOffered() {
    return !this.#group.hidden;
  }

  get #picture() {
    return this.isOffered ? this.#field.picture : undefined;
  }

  get #isMasked() {
    return this.#picture !== undefined && !this.#editor.strokes.isEmpty;
  }

  /** The fields that have a picture, and what to call it on a command line. */
  get names() {
    return {
      ...(this.#picture && { image: this.#picture.file.name }),
      ...(this.#isMasked && { mask: "mask.png" }),
    };
  }

  /**
   * Rejects with an `ApiError` when no mask can be made.
   * @returns {Promise<ImageFiles>}
   */
  async files() {
    const picture = this.#picture;
    if (!picture) return {};
    const mask = this.#isMasked && { mask: await maskFile(this.#editor.strokes, picture) };
    return { image: picture.file, ...mask };
  }

  /** @param {File} file */
  async choose(file) {
    await this.#field.choose(file);
  }

  /** @param {ImageFiles} files */
  async fill({ image, mask }) {
    if (!image) return this.#field.remove();
    const isChosen = await this.#field.choose(image);
    if (isChosen && mask) await this.#editor.load(mask);
  }

  focus() {
    reveal(this.#group);
    if (!this.#paint.hidden) this.#paint.focus({ preventScroll: true });
  }

  #show() {
    const { picture } = this.#field;
    const isShown = picture !== undefined && picture.width > 0;
    this.#hint.hidden = picture !== undefined;
    this.#paint.hidden = !isShown;
    this.#offerSettings();
    if (isShown) this.#editor.begin(picture);
    else this.#editor.forget();
  }

  #offerSettings() {
    offer(this.#settings, this.#picture !== undefined);
    offer(this.#maskSettings, this.#isMasked);
  }

  #showMask() {
    const { picture } = this.#field;
    if (picture && picture.width > 0) this.#thumb.show(this.#editor.strokes, picture);
    const isUnshown = picture?.width === 0;
    this.#words.textContent = isUnshown ? unshown : this.#editor.words;
    offer(this.#maskSettings, this.#isMasked);
    this.dispatchEvent(new Event("change"));
  }

  #showStrength() {
    const { value } = this.#strength;
    this.#slider.toggleAttribute("data-unset", value === "");
    this.#slider.ariaValueText = value === "" ? "the default" : value;
    this.#slider.value = value === "" ? this.#slider.defaultValue : value;
  }
}
