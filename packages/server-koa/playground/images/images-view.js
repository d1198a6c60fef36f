// @ts-check
import { ApiError } from "../api/errors.js";
import { pathFor, streamed, upscaleTask } from "../api/images.js";
import { Curl } from "../curl.js";
import { find } from "../find.js";
import { Problem } from "../problem.js";
import { submitByKeys } from "../submit-by-keys.js";
import { demandFiles, drawsOver } from "./abilities.js";
import { Collection } from "./collection.js";
import { Drawing } from "./drawing.js";
import { Drawings } from "./drawings.js";
import { Gallery } from "./gallery.js";
import { ImageForm } from "./image-form.js";
import { hearPictures } from "./incoming-pictures.js";
import { again, fileNameOf } from "./picture.js";
import { QueueList } from "./queue-list.js";
import { Stage } from "./stage.js";
import { Viewer } from "./viewer.js";
/** @import { Catalogue } from "../catalogue.js" */
/** @import { Picture } from "./picture.js" */

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
  #gallery;
  #draw = find("draw", HTMLButtonElement);
  #cancel = find("cancel-drawing", HTMLButtonElement);

  /**
   * @param {Catalogue} catalogue
   * @param {(file: File) => void} enlarge Takes a drawn picture to where pictures are enlarged.
   */
  constructor(catalogue, enlarge) {
    const form = new ImageForm(catalogue);
    const curl = new Curl(find("image-curl", HTMLDetailsElement), () => ({
      path: pathFor(form.fileNames),
      body: streamed(form.request),
      files: form.fileNames,
    }));
    this.#catalogue = catalogue;
    this.#form = form;
    this.#problem = new Problem(find("image-problem", HTMLElement), ({ param }) =>
      form.field(param),
    );
    this.#gallery = new Gallery(this.#collection, {
      look: (picture) => this.#viewer.look(picture),
      reuse: (picture) => void form.fill(again(picture), picture.files),
      edit: (picture) => void form.edit(fileOf(picture)),
      enlarge: (picture) => enlarge(fileOf(picture)),
    });
    submitByKeys(form.element, () => void this.#begin());
    form.element.addEventListener("input", () => curl.update());
    form.element.addEventListener("change", () => this.#invite());
    hearPictures(find("images-panel", HTMLElement), (file, target) => this.#take(file, target));
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

  async #begin() {
    const { model, request } = this.#form;
    if (!model) return this.#problem.show(new ApiError({ message: noModel }));
    this.#problem.clear();
    try {
      const files = await this.#form.files();
      demandFiles(model, files);
      this.#drawings.add(new Drawing(request, files, model));
    } catch (error) {
      this.#problem.show(error);
    }
  }

  /**
   * @param {File} file
   * @param {Element} target
   */
  #take(file, target) {
    if (this.#form.take(file, target)) return this.#problem.clear();
    const name = this.#form.model?.id ?? "The model";
    this.#problem.show(new ApiError({ message: `${name} does not draw over pictures.` }));
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
    this.#gallery.offerEnlarging(this.#catalogue.serves(upscaleTask));
    if (!gone) this.#problem.serverIsBack();
    this.#draw.disabled = this.#form.model === undefined;
    this.#invite();
  }

  #invite() {
    const { model } = this.#form;
    this.#gallery.offerEdits(drawsOver(model));
    if (model) return this.#stage.invite("Your picture will appear here", model);
    const { gone, problem } = this.#catalogue;
    const unknown = gone ? "The server does not answer" : "The server has not told its models";
    this.#stage.invite(problem ? unknown : noModel);
  }
}

/**
 * A drawn picture as a file to draw over or to enlarge.
 * @param {Picture} picture
 */
function fileOf(picture) {
  const { file } = picture;
  return new File([file], fileNameOf(picture), { type: file.type });
}
