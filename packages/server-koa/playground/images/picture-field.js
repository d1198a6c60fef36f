// @ts-check
import { pick } from "../find.js";
import { shownBytes } from "../shown-bytes.js";
import { openPicture } from "./chosen-picture.js";
/** @import { ChosenPicture } from "./chosen-picture.js" */

/** A field that takes a picture and shows it. Dispatches "change" when another is chosen or it is removed. */
export class PictureField extends EventTarget {
  /** @type {ChosenPicture | undefined} */
  picture;
  #input;
  #empty;
  #chosen;
  #thumb;
  #unshown;
  #name;
  #facts;
  #problem;
  /** The latest file that was chosen: reading a large one takes a while. @type {File | undefined} */
  #latest;

  /** @param {HTMLElement} element */
  constructor(element) {
    super();
    this.#input = pick(element, "input", HTMLInputElement);
    this.#empty = pick(element, ".picture-empty", HTMLElement);
    this.#chosen = pick(element, ".picture-chosen", HTMLElement);
    this.#thumb = pick(element, "img", HTMLImageElement);
    this.#unshown = pick(element, ".unshown", HTMLElement);
    this.#name = pick(element, ".picture-name", HTMLElement);
    this.#facts = pick(element, ".facts", HTMLElement);
    this.#problem = pick(element, ".picture-problem", HTMLElement);
    this.#input.addEventListener("change", () => {
      const [file] = this.#input.files ?? [];
      if (file) void this.choose(file);
      this.#input.value = "";
    });
    pick(element, ".remove", HTMLButtonElement).addEventListener("click", () => {
      this.remove();
      this.#input.focus();
    });
  }

  /**
   * Takes a picture in place of the one before. Resolves to whether it did: the field says why a file cannot be taken, and
   * a file that was chosen later wins.
   * @param {File} file
   */
  async choose(file) {
    this.#latest = file;
    try {
      const picture = await openPicture(file, this.#input.name);
      if (this.#latest === file) this.#become(picture);
      else URL.revokeObjectURL(picture.url);
    } catch (error) {
      this.#tell(error instanceof Error ? error.message : String(error));
    }
    return this.#latest === file && this.#problem.hidden;
  }

  remove() {
    this.#latest = undefined;
    this.#become(undefined);
  }

  /** @param {ChosenPicture | undefined} picture */
  #become(picture) {
    if (this.picture) URL.revokeObjectURL(this.picture.url);
    this.picture = picture;
    this.#tell("");
    this.#empty.hidden = picture !== undefined;
    this.#chosen.hidden = picture === undefined;
    if (picture) this.#show(picture);
    this.dispatchEvent(new Event("change"));
  }

  /** @param {ChosenPicture} picture */
  #show({ file, url, width, height }) {
    const isShown = width > 0;
    this.#thumb.hidden = !isShown;
    this.#unshown.hidden = isShown;
    if (isShown) this.#thumb.src = url;
    this.#name.textContent = file.name;
    const size = isShown ? `${width} × ${height} · ` : "";
    this.#facts.textContent = `${size}${shownBytes(file.size)}`;
  }

  /** @param {string} words */
  #tell(words) {
    this.#problem.hidden = words === "";
    this.#problem.textContent = words;
  }
}
