// @ts-check
import { pick } from "../find.js";
import { shownBytes } from "../shown-bytes.js";
/** @import { Model, Progress } from "../api/models.js" */

/** How far the download of one model has come, in bytes. */
export class DownloadBar {
  #box;
  #bar;

  /**
   * @param {HTMLElement} card
   * @param {string} id
   */
  constructor(card, id) {
    this.#box = pick(card, ".download", HTMLElement);
    this.#bar = pick(this.#box, "progress", HTMLProgressElement);
    this.#bar.ariaLabel = `Download of ${id}`;
  }

  /** @param {Model["progress"]} progress */
  update(progress) {
    this.#box.hidden = progress === undefined;
    if (!progress) return;
    const { what, file } = progress;
    this.#bar.max = Math.max(progress.total, 1);
    this.#bar.value = progress.done;
    this.#tell(".whole", `${shown(progress)} from ${what}`);
    this.#tell(".part", file ? `${file.name}: ${shown(file)}` : "");
  }

  /**
   * @param {string} selector
   * @param {string} words
   */
  #tell(selector, words) {
    pick(this.#box, selector, HTMLElement).textContent = words;
  }
}

/** @param {Progress} progress */
function shown({ done, total }) {
  return `${shownBytes(done)} of ${shownBytes(total)}`;
}
