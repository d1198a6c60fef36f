// @ts-check
import { find } from "../find.js";
import { fillLines } from "../lines.js";
import { shownSize } from "../shown-size.js";
import { CompareSlider } from "./compare-slider.js";
import { wordsOf } from "./drawing-words.js";
import { factsOfAll } from "./picture.js";
import { Sheet } from "./sheet.js";
import { reveal } from "../reveal.js";
/** @import { Model } from "../api/models.js" */
/** @import { Drawing } from "./drawing.js" */
/** @import { Picture } from "./picture.js" */

/** Shows the drawing that is under way: its place in the queue, its steps, its previews, then its pictures. */
export class Stage {
  #print = find("print", HTMLElement);
  #image = find("picture", HTMLImageElement);
  #progress = find("drawing-progress", HTMLProgressElement);
  #status = find("drawing-status", HTMLElement);
  #step = find("drawing-step", HTMLElement);
  #facts = find("picture-facts", HTMLElement);
  #warnings = find("picture-warnings", HTMLElement);
  #compare = new CompareSlider(this.#image);
  #sheet;
  /** @type {Drawing | undefined} */
  #shown;
  /** The finished pictures that are shown. @type {Picture[]} */
  #hung = [];

  /** @param {(picture: Picture) => void} look Called for one of several pictures. */
  constructor(look) {
    this.#sheet = new Sheet(look);
  }

  /**
   * Shows words before anything is drawn.
   * @param {string} words
   * @param {Model} [model]
   */
  invite(words, model) {
    if (this.#shown) return;
    this.#say(words);
    fillLines(this.#facts, model ? [abilityOf(model)] : []);
  }

  /** @param {Drawing} drawing */
  show(drawing) {
    if (drawing !== this.#shown) this.#begin(drawing);
    const { state, steps, preview, pictures } = drawing;
    this.#print.dataset["state"] = looks.get(state) ?? "asked";
    this.#progress.hidden = drawing.isOver;
    if (state === "done") return this.#hang(pictures);
    const [words, step] = wordsOf(drawing, 0);
    this.#say(words, drawing.isOver ? this.#step.textContent : step);
    if (state === "drawing") this.#near(steps.done / steps.total);
    if (preview && this.#image.src !== preview) this.#image.src = preview;
    this.#image.hidden = preview === undefined;
  }

  /** @param {Drawing} drawing */
  #begin(drawing) {
    const { prompt } = drawing.request;
    this.#shown = drawing;
    this.#hung = [];
    fillLines(this.#facts, [prompt]);
    fillLines(this.#warnings, []);
    this.#sheet.show([]);
    this.#compare.hide();
    this.#image.alt = `A preview of: ${prompt}`;
    this.#near(0);
    reveal(this.#print);
  }

  /**
   * Takes down the finished pictures that were deleted.
   * @param {Picture[]} pictures Those that there are.
   */
  keepOnly(pictures) {
    const left = this.#hung.filter((picture) => pictures.includes(picture));
    if (left.length === this.#hung.length) return;
    if (left.length > 0) return this.#hang(left);
    this.#shown = undefined;
    this.#hung = [];
    this.#print.dataset["state"] = "empty";
    this.#image.hidden = true;
    this.#compare.hide();
    this.#sheet.show([]);
    this.#say("");
    fillLines(this.#facts, []);
    fillLines(this.#warnings, []);
  }

  /** @param {Picture[]} pictures */
  #hang(pictures) {
    const [first] = pictures;
    const last = pictures.at(-1);
    if (!first || !last) return;
    this.#hung = pictures;
    this.#say(first.request.prompt);
    fillLines(this.#facts, factsOfAll(pictures));
    fillLines(this.#warnings, last.warnings);
    this.#sheet.show(pictures.length === 1 ? [] : pictures);
    this.#image.hidden = true;
    this.#compare.hide();
    if (pictures.length === 1) void this.#compare.show(first);
    reveal(this.#print);
  }

  /**
   * @param {string} words Read aloud by screen readers, so set only when they change.
   * @param {string | null} step Shown, and not read aloud.
   */
  #say(words, step = "") {
    if (this.#status.textContent !== words) this.#status.textContent = words;
    this.#step.textContent = step;
  }

  /** @param {number} share */
  #near(share) {
    this.#progress.value = share;
    this.#print.style.setProperty("--near", String(share));
  }
}

/** The looks of the print by a drawing's state; the other states are "asked". */
const looks = new Map([
  ["drawing", "drawing"],
  ["done", "done"],
  ["cancelled", "stopped"],
  ["failed", "stopped"],
]);

/** @param {Model} model */
function abilityOf({ id, size, drawn_size: drawn = size, defaults }) {
  return [
    id,
    drawn && `draws ${shownSize(drawn)}`,
    size && drawn !== size && `and enlarges to ${shownSize(size)}`,
    defaults && `in ${defaults.num_inference_steps} steps`,
  ]
    .filter(Boolean)
    .join(" ");
}
