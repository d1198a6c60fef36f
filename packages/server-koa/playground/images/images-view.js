// @ts-check
import { ApiError } from "../api/errors.js";
import { imagesPath, streamed } from "../api/images.js";
import { Curl } from "../curl.js";
import { find } from "../find.js";
import { Problem } from "../problem.js";
import { submitByKeys } from "../submit-by-keys.js";
import { Collection } from "./collection.js";
import { Drawing } from "./drawing.js";
import { Drawings } from "./drawings.js";
import { Gallery } from "./gallery.js";
import { ImageForm } from "./image-form.js";
import { again } from "./picture.js";
import { QueueList } from "./queue-list.js";
import { Stage } from "./stage.js";
import { Viewer } from "./viewer.js";
/** @import { Catalogue } from "../catalogue.js" */

const noModel =
  "No image model is served here. Start the server with one: kindred serve --model ID=PATH";

/** The tab of images: draws pictures from prompts, one request after another. */
export class ImagesView {
  #catalogue;
  #form;
  #problem;
  #viewer = new Viewer();
  #stage = new Stage((picture) => this.#viewer.look(picture));
  #queue = new QueueList();
  #drawings = new Drawings((drawing) => this.#end(drawing));
  #collection = new Collection();
  #draw = find("draw", HTMLButtonElement);
  #cancel = find("cancel-drawing", HTMLButtonElement);

  /** @param {Catalogue} catalogue */
  constructor(catalogue) {
    const form = new ImageForm(catalogue);
    const curl = new Curl(find("image-curl", HTMLDetailsElement), () => ({
      path: imagesPath,
      body: streamed(form.request),
    }));
    this.#catalogue = catalogue;
    this.#form = form;
    this.#problem = new Problem(find("image-problem", HTMLElement), ({ param }) =>
      form.field(param),
    );
    new Gallery(this.#collection, {
      look: (picture) => this.#viewer.look(picture),
      reuse: (picture) => form.fill(again(picture)),
    });
    submitByKeys(form.element, () => this.#begin());
    form.element.addEventListener("input", () => curl.update());
    form.element.addEventListener("change", () => this.#invite());
    find("images-panel", HTMLElement).addEventListener("keydown", ({ key }) => {
      if (key === "Escape") this.#cancelFirst();
    });
    this.#cancel.addEventListener("click", () => this.#cancelFirst());
    this.#collection.addEventListener("change", () => {
      this.#stage.keepOnly(this.#collection.pictures);
      this.#invite();
    });
    this.#drawings.addEventListener("change", () => this.#show());
    this.#drawings.addEventListener("gone", () => void catalogue.look());
    catalogue.addEventListener("change", () => this.#heard());
  }

  /** @param {string} id */
  choose(id) {
    this.#form.choose(id);
  }

  #begin() {
    const { model, request } = this.#form;
    if (!model) return this.#problem.show(new ApiError({ message: noModel }));
    this.#problem.clear();
    this.#drawings.add(new Drawing(request, model));
  }

  #cancelFirst() {
    this.#drawings.all[0]?.cancel();
  }

  #show() {
    const { all } = this.#drawings;
    const [first] = all;
    if (first) this.#stage.show(first);
    this.#queue.show(all);
    if (!first && document.activeElement === this.#cancel)
      this.#draw.focus({ preventScroll: true });
    this.#cancel.hidden = first === undefined;
  }

  /** @param {Drawing} drawing */
  #end(drawing) {
    const { state, pictures, problem, request } = drawing;
    if (state === "done") for (const picture of pictures) this.#collection.add(picture);
    if (this.#drawings.all.length === 0) this.#stage.show(drawing);
    if (state === "failed") this.#problem.show(problem, `“${request.prompt}”`);
  }

  #heard() {
    const { gone } = this.#catalogue;
    this.#drawings.pause(gone);
    if (!gone) this.#problem.serverIsBack();
    this.#draw.disabled = this.#form.model === undefined;
    this.#invite();
  }

  #invite() {
    const { model } = this.#form;
    if (model) return this.#stage.invite("Your picture will appear here", model);
    this.#stage.invite(this.#catalogue.problem ? "The server does not answer" : noModel);
  }
}
