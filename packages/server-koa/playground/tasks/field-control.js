// @ts-check
import { ApiError } from "../api/errors.js";
import { copyOf, pick } from "../find.js";
import { controlOf } from "./controls.js";
/** @import { Control } from "./controls.js" */
/** @import { SchemaField } from "./schema-fields.js" */

/** The label, control and hint of a field. An empty control is a value that is left out. */
export class FieldControl {
  element = copyOf("field-template");
  #field;
  #control;

  /**
   * @param {SchemaField} field
   * @param {string} id
   * @param {Control} [control] Default: one by the field's kind.
   */
  constructor(field, id, control = controlOf(field)) {
    const { name, required, schema } = field;
    const label = pick(this.element, "label", HTMLLabelElement);
    const hint = pick(this.element, ".hint", HTMLElement);
    this.#field = field;
    this.#control = Object.assign(control, { id, name, required });
    label.htmlFor = id;
    label.after(control);
    pick(label, "span", HTMLElement).textContent = schema.title ?? "";
    pick(label, "code", HTMLElement).textContent = name;
    hint.textContent = hintOf(field);
    hint.hidden = hint.textContent === "";
  }

  get name() {
    return this.#field.name;
  }

  get required() {
    return this.#field.required;
  }

  get control() {
    return this.#control;
  }

  /** The file that is chosen; undefined also where the field takes none. */
  get file() {
    return this.#control instanceof HTMLInputElement ? this.#control.files?.[0] : undefined;
  }

  /**
   * Chooses a file, as a visitor does.
   * @param {File} file
   */
  give(file) {
    if (this.#field.kind !== "file" || !(this.#control instanceof HTMLInputElement)) return;
    const chosen = new DataTransfer();
    chosen.items.add(file);
    this.#control.files = chosen.files;
    this.#control.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** The value in the request; undefined leaves it out, as for a file. Throws an `ApiError` for JSON that is none. */
  get value() {
    const { value } = this.#control;
    if (value.trim() === "") return undefined;
    const { kind } = this.#field;
    if (kind === "file") return undefined;
    if (kind === "text") return value;
    if (kind === "number") return Number(value);
    if (kind === "lines") return value.split("\n").filter((line) => line.trim() !== "");
    return jsonIn(value, this.name);
  }
}

/**
 * The value that JSON in a field stands for. Throws an `ApiError` on the field when it is none.
 * @param {string} text
 * @param {string} [param] Default: the whole body.
 */
export function jsonIn(text, param) {
  try {
    return JSON.parse(text);
  } catch (error) {
    const { message } = /** @type {Error} */ (error);
    throw new ApiError({
      message: `${param ?? "The body"} is not JSON: ${message}.`,
      param: param ?? null,
    });
  }
}

/** @param {SchemaField} field */
function hintOf({ kind, schema }) {
  const { description = "" } = schema;
  if (kind === "lines") return `${description} One in each line.`.trim();
  return kind === "json" ? `${description} Written as JSON.`.trim() : description;
}
