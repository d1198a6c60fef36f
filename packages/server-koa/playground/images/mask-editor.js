// @ts-check
import { find } from "../find.js";
import { Brush } from "./brush.js";
import { MaskCanvas } from "./mask-canvas.js";
import { maskFile } from "./mask-file.js";
import { MaskStrokes } from "./mask-strokes.js";
/** @import { ChosenPicture } from "./chosen-picture.js" */
/** @import { Act, Point } from "./mask-strokes.js" */

/** A narrower line may cover no pixel wholly. */
const minWidth = 3;
/** How far one press of a bracket changes the brush. */
const bracket = 1.25;

/** Paints what of a picture is to be drawn anew, over the page. Dispatches "change" when the mask does. */
export class MaskEditor extends EventTarget {
  strokes = new MaskStrokes();
  #dialog = find("mask-dialog", HTMLDialogElement);
  #studio = find("studio", HTMLElement);
  #image = find("mask-picture", HTMLImageElement);
  #surface = find("mask-canvas", HTMLCanvasElement);
  #canvas = new MaskCanvas(this.#surface, 1024);
  #size = find("brush-size", HTMLInputElement);
  #shownSize = find("brush-size-words", HTMLOutputElement);
  #erase = find("brush-erases", HTMLInputElement);
  #paint = find("brush-paints", HTMLInputElement);
  #undo = find("mask-undo", HTMLButtonElement);
  #redo = find("mask-redo", HTMLButtonElement);
  #coverage = find("mask-coverage", HTMLElement);
  #told = find("brush-words", HTMLElement);
  #brush = new Brush(this.#surface, find("brush-ring", HTMLElement), {
    painted: (stroke, from) => this.#canvas.extend(stroke, from),
    ended: (stroke) => this.#do(stroke),
    moved: (at) => this.#tell(at),
  });
  /** @type {ChosenPicture | undefined} */
  #picture;

  constructor() {
    super();
    this.#size.addEventListener("input", () => this.#take());
    for (const choice of [this.#paint, this.#erase]) {
      choice.addEventListener("change", () => this.#take());
    }
    this.#on("mask-invert", () => this.#do({ kind: "invert" }));
    this.#on("mask-clear", () => this.#do({ kind: "clear" }));
    this.#on("mask-undo", () => this.#step(-1));
    this.#on("mask-redo", () => this.#step(1));
    this.#on("mask-save", () => void this.#save());
    this.#dialog.addEventListener("keydown", (event) => this.#undoByKeys(event));
    this.#surface.addEventListener("keydown", (event) => this.#chooseByKeys(event));
  }

  /** How much is drawn anew, in words. */
  get words() {
    if (this.strokes.isEmpty)
      return "No mask is painted. All of it is drawn over, or its transparent part if it has one.";
    const percent = this.#canvas.share * 100;
    const shown = percent > 0 && percent < 1 ? "Less than 1" : String(Math.round(percent));
    return `${shown} % of it is drawn anew, the rest is kept.`;
  }

  /**
   * Begins a mask for another picture.
   * @param {ChosenPicture} picture
   */
  begin(picture) {
    const { url, width, height } = picture;
    this.strokes = new MaskStrokes();
    this.#picture = picture;
    this.#image.src = url;
    this.#studio.style.setProperty("--ratio", String(width / height));
    this.#size.min = String(minWidth);
    this.#size.max = String(Math.max(minWidth * 2, Math.round(Math.min(width, height) / 2)));
    this.#size.value = String(Math.max(minWidth, Math.round(Math.max(width, height) / 10)));
    this.#take();
    this.#brush.fit(picture);
    this.#show();
  }

  /** Drops the mask with its picture. */
  forget() {
    this.strokes = new MaskStrokes();
    this.#picture = undefined;
    this.dispatchEvent(new Event("change"));
  }

  /**
   * Goes on from the mask of an earlier picture.
   * @param {File} mask
   */
  async load(mask) {
    const { strokes } = this;
    const image = await createImageBitmap(mask);
    if (strokes === this.strokes) this.#do({ kind: "mask", image });
  }

  open() {
    this.#dialog.showModal();
    this.#surface.focus();
    this.#brush.show();
  }

  /**
   * @param {string} id
   * @param {() => void} does
   */
  #on(id, does) {
    find(id, HTMLButtonElement).addEventListener("click", does);
  }

  /** @param {Act} act */
  #do(act) {
    this.strokes.add(act);
    this.#show();
  }

  /** @param {1 | -1} way */
  #step(way) {
    this.#brush.lift();
    if (way === 1) this.strokes.redo();
    else this.strokes.undo();
    this.#show();
  }

  #show() {
    if (!this.#picture) return;
    this.#canvas.show(this.strokes, this.#picture);
    // A button that is disabled while it has the focus would lose it.
    this.#undo.ariaDisabled = String(!this.strokes.canUndo);
    this.#redo.ariaDisabled = String(!this.strokes.canRedo);
    this.#coverage.textContent = this.words;
    this.dispatchEvent(new Event("change"));
  }

  #take() {
    this.#brush.width = Number(this.#size.value);
    this.#brush.erases = this.#erase.checked;
    this.#brush.show();
    const words = `${this.#size.value} pixels`;
    this.#shownSize.textContent = words;
    this.#size.setAttribute("aria-valuetext", words);
  }

  /** @param {Point} at */
  #tell(at) {
    const [x, y] = at.map(Math.round);
    const { width, height } = this.#picture ?? { width: 0, height: 0 };
    const state = this.#canvas.has(at) ? "painted" : "not painted";
    const brush = this.#brush.isDown ? ", brush down" : "";
    this.#told.textContent = `${x}, ${y} of ${width} × ${height}, ${state}${brush}`;
  }

  /** @param {KeyboardEvent} event */
  #undoByKeys(event) {
    const { key, ctrlKey, metaKey, shiftKey } = event;
    if (!ctrlKey && !metaKey) return;
    const letter = key.toLowerCase();
    if (letter !== "z" && letter !== "y") return;
    event.preventDefault();
    this.#step(letter === "y" || shiftKey ? 1 : -1);
  }

  /** @param {KeyboardEvent} event */
  #chooseByKeys({ key, ctrlKey, metaKey }) {
    if (ctrlKey || metaKey) return;
    const width = Number(this.#size.value);
    if (key === "[") this.#size.value = String(Math.min(width - 1, Math.round(width / bracket)));
    if (key === "]") this.#size.value = String(Math.max(width + 1, Math.round(width * bracket)));
    if (key === "e") (this.#erase.checked ? this.#paint : this.#erase).checked = true;
    this.#take();
  }

  async #save() {
    if (!this.#picture) return;
    try {
      const file = await maskFile(this.strokes, this.#picture);
      const url = URL.createObjectURL(file);
      Object.assign(document.createElement("a"), { href: url, download: file.name }).click();
      setTimeout(() => URL.revokeObjectURL(url), 60_000);
    } catch (error) {
      this.#coverage.textContent = error instanceof Error ? error.message : String(error);
    }
  }
}
