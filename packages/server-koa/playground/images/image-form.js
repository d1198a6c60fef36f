// @ts-check
import { formText } from "../api/form.js";
import { find } from "../find.js";
import { can } from "./abilities.js";
import { ControlFields } from "./control-fields.js";
import { ExamplePrompts } from "./example-prompts.js";
import { ModelSelect } from "../model-select.js";
import { clear, entryOf, isFilled, write } from "./form-field.js";
import { offer } from "./offer.js";
import { OriginFields } from "./origin-fields.js";
import { settingsOf, startsFromPicture } from "./picture.js";
import { sizesAround } from "./sizes.js";
/** @import { ImageFiles, ImageRequest } from "../api/images.js" */
/** @import { Model } from "../api/models.js" */
/** @import { Catalogue } from "../catalogue.js" */
/** @import { FormField } from "./form-field.js" */

/** The form of a prompt, the pictures to start from, and the settings. Fields have the API's names. Empty ones are left out of the request. */
export class ImageForm {
  element = find("image-form", HTMLFormElement);
  #facts = find("image-settings-facts", HTMLElement);
  #sizes = find("sizes", HTMLDataListElement);
  #sampler = find("sampler", HTMLSelectElement);
  #hires = find("hires-field", HTMLFieldSetElement);
  #upscale = find("upscale-field", HTMLFieldSetElement);
  #factors = find("upscale", HTMLSelectElement);
  #origin = new OriginFields();
  #control = new ControlFields();
  #examples = new ExamplePrompts((prompt) => this.#write("prompt", prompt));
  #models;

  /** @param {Catalogue} catalogue */
  constructor(catalogue) {
    this.#models = new ModelSelect(find("image-model", HTMLSelectElement), catalogue, "image");
    this.#models.addEventListener("change", () => this.#offer(this.model));
    find("image-settings", HTMLDetailsElement).open = matchMedia("(min-width: 60rem)").matches;
    this.element.addEventListener("input", () => this.#summarize());
    for (const fields of [this.#origin, this.#control]) {
      fields.addEventListener("change", () => {
        this.#offerSizes(this.model);
        this.element.dispatchEvent(new Event("input"));
      });
    }
  }

  /** @returns {Model | undefined} */
  get model() {
    return this.#models.model;
  }

  /** @returns {ImageRequest} */
  get request() {
    const entries = this.#fields.filter(isFilled).map(entryOf);
    return /** @type {ImageRequest} */ (Object.fromEntries(entries));
  }

  /**
   * The pictures that go with the request. Rejects with an `ApiError` when no mask can be made.
   * @returns {Promise<ImageFiles>}
   */
  async files() {
    return { ...(await this.#origin.files()), ...this.#control.files };
  }

  /** The names of these, by their fields. */
  get fileNames() {
    const { control_image: control } = this.#control.files;
    return { ...this.#origin.names, ...(control && { control_image: control.name }) };
  }

  /**
   * Fills in an earlier request with its pictures.
   * @param {ImageRequest} request
   * @param {ImageFiles} [files]
   */
  async fill(request, files = {}) {
    if (request.model !== undefined) this.#models.choose(request.model);
    for (const field of this.#fields) {
      if (field.name !== "model") clear(field);
    }
    for (const [name, value] of Object.entries(request)) this.#write(name, formText(value));
    this.field("prompt")?.focus();
    await Promise.all([this.#origin.fill(files), this.#control.fill(files)]);
  }

  /**
   * Takes a picture to draw over, or one that is meant for the control image. Returns whether the model takes any.
   * @param {File} file
   * @param {Element} [target] What it was dropped onto.
   */
  take(file, target = this.element) {
    const fields = this.#control.holds(target) ? this.#control : this.#origin;
    if (fields === this.#origin && !this.#origin.isOffered) return false;
    void fields.choose(file);
    return true;
  }

  /**
   * Takes a picture of the gallery to draw over.
   * @param {File} file
   */
  async edit(file) {
    await this.#origin.choose(file);
    this.#origin.focus();
  }

  /** @param {string} id */
  choose(id) {
    this.#models.choose(id);
  }

  /**
   * The control of a field. "image[0]" is that of "image".
   * @param {string} [param]
   */
  field(param = "") {
    const [name] = /^[^.[]*/.exec(param) ?? [];
    const named = this.element.querySelectorAll("[name]");
    return /** @type {FormField[]} */ ([...named]).find((control) => control.name === name);
  }

  /** @param {Model | undefined} model */
  #offer(model) {
    this.#examples.offer(model);
    this.#origin.offer(model);
    this.#control.offer(model);
    offer(this.#hires, can(model, "image2image"));
    this.#offerUpscale(model?.upscales ?? []);
    this.#offerSizes(model);
    const { samplers = [], defaults } = model ?? {};
    this.#placeholder("num_inference_steps", defaults?.num_inference_steps);
    this.#placeholder("guidance_scale", defaults?.guidance_scale);
    const chosen = this.#sampler.value;
    const offered = samplers.map((name) => new Option(name));
    this.#sampler.replaceChildren(new Option("The model's own", ""), ...offered);
    if (samplers.includes(chosen)) this.#sampler.value = chosen;
    this.#summarize();
  }

  /** @param {Model | undefined} model */
  #offerSizes({ size = "", drawn_size = size } = { id: "", state: "loading" }) {
    const sizes = [...new Set([drawn_size, ...sizesAround(size)])];
    this.#sizes.replaceChildren(...sizes.map((each) => new Option("", each)));
    this.#placeholder("size", startsFromPicture(this.fileNames) ? "the picture's" : size);
  }

  /** @param {number[]} factors */
  #offerUpscale(factors) {
    const chosen = this.#factors.value;
    offer(this.#upscale, factors.length > 0);
    const options = factors.map((factor) => new Option(`${factor} times`, String(factor)));
    this.#factors.replaceChildren(new Option("As it is drawn", ""), ...options);
    if (factors.includes(Number(chosen))) this.#factors.value = chosen;
  }

  /**
   * Shows the model's defaults as the placeholders of empty fields.
   * @param {string} name
   * @param {string | number | undefined} own
   */
  #placeholder(name, own = "") {
    this.field(name)?.setAttribute("placeholder", String(own));
  }

  #summarize() {
    this.#facts.textContent = settingsOf(this.request, this.model, this.fileNames).join(" · ");
  }

  /**
   * @param {string} name
   * @param {string} value
   */
  #write(name, value) {
    const field = this.field(name);
    if (field) write(field, value);
  }

  /** The fields that a request has as texts and numbers. */
  get #fields() {
    const fields = this.element.querySelectorAll("[name]:not([type=file], button)");
    return /** @type {FormField[]} */ ([...fields]);
  }
}
