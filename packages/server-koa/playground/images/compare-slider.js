// @ts-check
import { copyOf, pick } from "../find.js";
/** @import { Picture } from "./picture.js" */

/** Compares a picture with the one that it was drawn over: a line between them is moved by a pointer or by arrow keys. */
export class CompareSlider {
  #element = copyOf("compare-template");
  #before = pick(this.#element, ".compare-before", HTMLImageElement);
  #after = pick(this.#element, ".compare-after", HTMLImageElement);
  #range = pick(this.#element, "input", HTMLInputElement);
  #plain;

  /** @param {HTMLImageElement} plain Shows pictures that have nothing to compare with. The slider stands beside it. */
  constructor(plain) {
    this.#plain = plain;
    plain.after(this.#element);
    this.#range.addEventListener("input", () => this.#cut());
  }

  /**
   * Shows a picture, with the slider if it was drawn over one that the browser can show.
   * @param {Picture} picture
   */
  async show({ url, request, files }) {
    this.hide();
    this.#plain.hidden = false;
    this.#plain.src = url;
    this.#plain.alt = request.prompt;
    if (!files?.image) return;
    const origin = URL.createObjectURL(files.image);
    this.#before.src = origin;
    this.#before.alt = `Before: ${files.image.name}`;
    this.#after.src = url;
    this.#after.alt = request.prompt;
    try {
      await Promise.all([this.#before.decode(), this.#after.decode()]);
    } catch {
      return URL.revokeObjectURL(origin);
    }
    // Another picture may have come meanwhile.
    if (this.#before.src !== origin) return URL.revokeObjectURL(origin);
    const { naturalWidth, naturalHeight } = this.#after;
    this.#element.style.setProperty("--ratio", String(naturalWidth / naturalHeight));
    this.#range.value = "50";
    this.#cut();
    this.#plain.hidden = true;
    this.#element.hidden = false;
  }

  /** Takes the comparison away. */
  hide() {
    if (this.#before.src) URL.revokeObjectURL(this.#before.src);
    this.#before.removeAttribute("src");
    this.#element.hidden = true;
  }

  #cut() {
    const { value } = this.#range;
    this.#element.style.setProperty("--cut", String(Number(value) / 100));
    this.#range.ariaValueText = `${value} % before, ${100 - Number(value)} % after`;
  }
}
