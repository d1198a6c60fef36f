// @ts-check
import { find } from "../find.js";
import { fillLines } from "../lines.js";
import { shownSize } from "../shown-size.js";
import { factsOf, urlOf } from "./picture.js";
/** @import { ImageEvent, ImageRequest } from "../api/images.js" */
/** @import { Model } from "../api/models.js" */
/** @import { Picture } from "./picture.js" */

/** Shows a picture being drawn: its place in the queue, its steps, its previews, then the picture. */
export class Stage {
  #print = find("print", HTMLElement);
  #image = find("picture", HTMLImageElement);
  #progress = find("drawing-progress", HTMLProgressElement);
  #status = find("drawing-status", HTMLElement);
  #step = find("drawing-step", HTMLElement);
  #facts = find("picture-facts", HTMLElement);
  #warnings = find("picture-warnings", HTMLElement);

  /**
   * Shows words before anything is drawn.
   * @param {string} words
   * @param {Model} [model]
   */
  invite(words, model) {
    if (this.#print.dataset["state"] !== "empty") return;
    this.#say(words);
    fillLines(this.#facts, model ? [abilityOf(model)] : []);
  }

  /** @param {ImageRequest} request */
  begin({ prompt }) {
    this.#become("asked");
    this.#say("Asking");
    fillLines(this.#facts, [prompt]);
    fillLines(this.#warnings, []);
    this.#image.hidden = true;
    this.#image.alt = `A preview of: ${prompt}`;
    this.#near(0);
    this.#print.scrollIntoView({ block: "nearest" });
  }

  /** @param {ImageEvent} event */
  show(event) {
    if (event.type === "state") this.#turn(event);
    if (event.type === "progress") {
      this.#become("drawing");
      this.#say("Drawing", `step ${event.done} of ${event.total}`);
      this.#near(event.done / event.total);
    }
    if (event.type === "image_generation.partial_image") {
      this.#image.src = urlOf(event);
      this.#image.hidden = false;
    }
  }

  /** @param {Picture} picture */
  look(picture) {
    this.#become("done");
    this.#say(picture.request.prompt);
    fillLines(this.#facts, factsOf(picture));
    fillLines(this.#warnings, picture.warnings);
    this.#image.src = picture.url;
    this.#image.alt = picture.request.prompt;
    this.#image.hidden = false;
    this.#print.scrollIntoView({ block: "nearest" });
  }

  /** @param {string} words */
  stop(words) {
    this.#become("stopped");
    this.#say(words, this.#step.textContent);
  }

  /** @param {{ state: "loading" | "queued" | "running", position?: number }} event */
  #turn({ state, position }) {
    this.#become("asked");
    if (state === "queued") this.#say("Waiting", `place ${position} in the queue`);
    else this.#say("Getting ready", "the first picture opens the model");
  }

  /** @param {string} state */
  #become(state) {
    this.#print.dataset["state"] = state;
    this.#progress.hidden = state !== "asked" && state !== "drawing";
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
