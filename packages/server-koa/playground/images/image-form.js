// @ts-check
import { find } from "../find.js";
import { ExamplePrompts } from "./example-prompts.js";
import { ModelSelect } from "../model-select.js";
import { settingsOf } from "./picture.js";
import { sizesAround } from "./sizes.js";
/** @import { ImageRequest } from "../api/images.js" */
/** @import { Model } from "../api/models.js" */
/** @import { Catalogue } from "../catalogue.js" */

/** The form of a prompt and its settings. Fields have the API's names. Empty ones are left out of the request. */
export class ImageForm {
  element = find("image-form", HTMLFormElement);
  #facts = find("image-settings-facts", HTMLElement);
  #sizes = find("sizes", HTMLDataListElement);
  #sampler = find("sampler", HTMLSelectElement);
  #examples = new ExamplePrompts((prompt) => this.#write("prompt", prompt));
  #models;

  /** @param {Catalogue} catalogue */
  constructor(catalogue) {
    this.#models = new ModelSelect(find("image-model", HTMLSelectElement), catalogue, "image");
    this.#models.addEventListener("change", () => this.#offer(this.model));
    find("image-settings", HTMLDetailsElement).open = matchMedia("(min-width: 60rem)").matches;
    this.element.addEventListener("input", () => this.#summarize());
  }

  /** @returns {Model | undefined} */
  get model() {
    return this.#models.model;
  }

  /** @returns {ImageRequest} */
  get request() {
    const filled = this.#fields.filter(({ value }) => value !== "");
    const entries = filled.map(({ name, type, value }) => [
      name,
      type === "number" ? Number(value) : value,
    ]);
    return Object.fromEntries(entries);
  }

  /** @param {ImageRequest} request */
  fill(request) {
    if (request.model !== undefined) this.#models.choose(request.model);
    for (const field of this.#fields) {
      if (field.name !== "model") field.value = "";
    }
    for (const [name, value] of Object.entries(request)) this.#write(name, String(value));
    this.field("prompt")?.focus();
  }

  /** @param {string} id */
  choose(id) {
    this.#models.choose(id);
  }

  /** @param {string | undefined} param */
  field(param) {
    return this.#fields.find(({ name }) => name === param);
  }

  /** @param {Model | undefined} model */
  #offer(model) {
    this.#examples.offer(model);
    const { size = "", drawn_size = size, samplers = [], defaults } = model ?? {};
    this.#placeholder("size", size);
    this.#placeholder("num_inference_steps", defaults?.num_inference_steps);
    this.#placeholder("guidance_scale", defaults?.guidance_scale);
    const sizes = [...new Set([drawn_size, ...sizesAround(size)])];
    this.#sizes.replaceChildren(...sizes.map((each) => new Option("", each)));
    const chosen = this.#sampler.value;
    const offered = samplers.map((name) => new Option(name));
    this.#sampler.replaceChildren(new Option("The model's own", ""), ...offered);
    if (samplers.includes(chosen)) this.#sampler.value = chosen;
    this.#summarize();
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
    this.#facts.textContent = settingsOf(this.request, this.model).join(" · ");
  }

  /**
   * @param {string} name
   * @param {string} value
   */
  #write(name, value) {
    const field = this.field(name);
    if (!field) return;
    field.value = value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  get #fields() {
    const fields = this.element.querySelectorAll("[name]");
    return /** @type {(HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement)[]} */ ([
      ...fields,
    ]);
  }
}
