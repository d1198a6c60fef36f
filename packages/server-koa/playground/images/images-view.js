// @ts-check
import { draw, imagesPath, streamed } from "../api/images.js";
import { ApiError } from "../api/request.js";
import { Curl } from "../curl.js";
import { find } from "../find.js";
import { Problem } from "../problem.js";
import { submitByKeys } from "../submit-by-keys.js";
import { Gallery } from "./gallery.js";
import { ImageForm } from "./image-form.js";
import { again, urlOf } from "./picture.js";
import { Stage } from "./stage.js";
/** @import { Catalogue } from "../catalogue.js" */
/** @import { ImageRequest } from "../api/images.js" */
/** @import { Model } from "../api/models.js" */

const noModel =
  "No image model is served here. Start the server with one: kindred serve --model ID=PATH";

/** The tab of images: draws one picture at a time from a prompt. */
export class ImagesView {
  #form;
  #stage = new Stage();
  #gallery = new Gallery({
    look: (picture) => this.#drawing || this.#stage.look(picture),
    reuse: (picture) => this.#form.fill(again(picture)),
  });
  #problem;
  #draw = find("draw", HTMLButtonElement);
  #cancel = find("cancel-drawing", HTMLButtonElement);
  /** @type {AbortController | undefined} */
  #drawing;

  /** @param {Catalogue} catalogue */
  constructor(catalogue) {
    const form = new ImageForm(catalogue);
    const curl = new Curl(find("image-curl", HTMLDetailsElement), () => ({
      path: imagesPath,
      body: streamed(form.request),
    }));
    this.#form = form;
    this.#problem = new Problem(find("image-problem", HTMLElement), ({ param }) =>
      form.field(param),
    );
    submitByKeys(form.element, () => void this.#begin());
    form.element.addEventListener("input", () => curl.update());
    find("images-panel", HTMLElement).addEventListener("keydown", ({ key }) => {
      if (key === "Escape") this.#hangUp();
    });
    this.#cancel.addEventListener("click", () => this.#hangUp());
    catalogue.addEventListener("change", () => this.#invite(catalogue));
  }

  /** @param {string} id */
  choose(id) {
    this.#form.choose(id);
  }

  async #begin() {
    if (this.#drawing) return;
    const { model, request } = this.#form;
    if (!model) return this.#problem.show(new ApiError({ message: noModel }));
    this.#drawing = new AbortController();
    this.#problem.clear();
    this.#busy(true);
    try {
      await this.#follow(request, model, this.#drawing.signal);
    } catch (error) {
      const cancelled = this.#drawing.signal.aborted;
      this.#stage.stop(cancelled ? "Cancelled" : "Not drawn");
      if (!cancelled) this.#problem.show(error);
    }
    this.#drawing = undefined;
    this.#busy(false);
  }

  /**
   * @param {ImageRequest} request
   * @param {Model} model
   * @param {AbortSignal} signal
   */
  async #follow(request, model, signal) {
    this.#stage.begin(request);
    for await (const event of draw(request, signal)) {
      this.#stage.show(event);
      if (event.type !== "image_generation.completed") continue;
      const { size, seed, warnings = [] } = event;
      const picture = { url: urlOf(event), request, model, size, seed, warnings };
      this.#stage.look(picture);
      this.#gallery.add(picture);
    }
  }

  #hangUp() {
    this.#drawing?.abort();
  }

  /** @param {boolean} busy */
  #busy(busy) {
    // `disabled` would take the focus from whoever pressed it by key.
    this.#draw.ariaDisabled = String(busy);
    if (!busy && document.activeElement === this.#cancel) this.#draw.focus({ preventScroll: true });
    this.#cancel.hidden = !busy;
  }

  /** @param {Catalogue} catalogue */
  #invite(catalogue) {
    const { model } = this.#form;
    if (model) return this.#stage.invite("Your picture will appear here", model);
    this.#stage.invite(catalogue.problem ? "The server does not answer" : noModel);
  }
}
