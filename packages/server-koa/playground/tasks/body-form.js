// @ts-check
import { copyOf, pick } from "../find.js";
import { FieldControl, jsonIn } from "./field-control.js";
import { fieldsOf } from "./schema-fields.js";
/** @import { ApiError } from "../api/errors.js" */
/** @import { Endpoint } from "../api/endpoints.js" */
/** @import { Control } from "./controls.js" */

/**
 * The fields of an endpoint's body: a control for each property of its JSON Schema, or where it tells none, one control for
 * the whole body as JSON.
 */
export class BodyForm {
  /** @type {FieldControl[]} */
  #fields = [];
  /** @type {HTMLTextAreaElement | undefined} */
  #whole;

  /**
   * @param {Endpoint} endpoint
   * @param {HTMLElement} panel
   * @param {HTMLSelectElement} models The control of a field "model".
   */
  constructor(endpoint, panel, models) {
    const needed = pick(panel, ".needed", HTMLElement);
    const optional = pick(panel, ".optional", HTMLElement);
    const fields = fieldsOf(endpoint.body);
    if (!fields) needed.append(this.#wholeBody(endpoint, panel.id));
    for (const field of fields ?? []) {
      const id = `${panel.id}-${field.name}`;
      const isModel = field.name === "model" && field.kind === "text";
      const control = new FieldControl(field, id, isModel ? models : undefined);
      this.#fields.push(control);
      (field.required ? needed : optional).append(control.element);
    }
    const settings = pick(panel, ".settings", HTMLDetailsElement);
    settings.hidden = optional.childElementCount === 0;
    settings.open = matchMedia("(min-width: 60rem)").matches;
  }

  /** The body to send, without files. Throws an `ApiError` for JSON that is none. */
  get body() {
    if (this.#whole) return jsonIn(this.#whole.value);
    const entries = this.#fields.map((field) => [field.name, field.value]);
    return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
  }

  /** The files that are chosen, by their fields. */
  get files() {
    /** @type {Record<string, File>} */
    const files = {};
    for (const { name, file } of this.#fields) if (file) files[name] = file;
    return files;
  }

  /**
   * Chooses a file for a field.
   * @param {string} name
   * @param {File} file
   */
  give(name, file) {
    this.#fields.find((field) => field.name === name)?.give(file);
  }

  /** The names of these. */
  get fileNames() {
    const entries = Object.entries(this.files);
    return Object.fromEntries(entries.map(([field, { name }]) => [field, name]));
  }

  /**
   * The control at fault. "documents[3]" is in that of "documents".
   * @param {ApiError} error
   * @returns {Control | undefined}
   */
  controlOf({ param = "" }) {
    const [name] = /^[^.[]+/.exec(param) ?? [];
    return this.#fields.find((field) => field.name === name)?.control ?? this.#whole;
  }

  /**
   * @param {Endpoint} endpoint
   * @param {string} id
   */
  #wholeBody({ text }, id) {
    const element = copyOf("field-template");
    const label = pick(element, "label", HTMLLabelElement);
    const area = document.createElement("textarea");
    area.id = `${id}-body`;
    area.rows = 6;
    area.className = "code";
    area.value = JSON.stringify(text === null ? {} : { [text]: "" }, null, 2);
    label.htmlFor = area.id;
    label.textContent = "The body as JSON";
    label.after(area);
    pick(element, ".hint", HTMLElement).textContent = "This endpoint does not tell its fields.";
    this.#whole = area;
    return element;
  }
}
