// @ts-check
import { ApiError } from "./api/request.js";

/** The place in a form that shows an error and marks the field at fault. */
export class Problem {
  #box;
  #fieldOf;
  /** @type {HTMLElement | undefined} */
  #blamed;

  /**
   * @param {HTMLElement} box
   * @param {(error: ApiError) => HTMLElement | undefined} [fieldOf] Finds the field at fault.
   */
  constructor(box, fieldOf = () => undefined) {
    this.#box = box;
    this.#fieldOf = fieldOf;
  }

  /** @param {unknown} error */
  show(error) {
    this.clear();
    const { message, param, code } = error instanceof ApiError ? error : unforeseen(error);
    this.#box.replaceChildren(paragraph("what", message), paragraph("which", about(param, code)));
    this.#box.hidden = false;
    this.#blame(error instanceof ApiError ? this.#fieldOf(error) : undefined);
    this.#box.scrollIntoView({ block: "nearest" });
  }

  clear() {
    this.#box.hidden = true;
    this.#box.replaceChildren();
    this.#blamed?.removeAttribute("aria-invalid");
    this.#blamed?.removeAttribute("aria-describedby");
    this.#blamed = undefined;
  }

  /** @param {HTMLElement | undefined} field */
  #blame(field) {
    if (!field) return;
    const folded = field.closest("details");
    if (folded) folded.open = true;
    field.ariaInvalid = "true";
    field.setAttribute("aria-describedby", this.#box.id);
    field.focus();
    this.#blamed = field;
  }
}

/** @param {unknown} error */
function unforeseen(error) {
  console.error(error);
  return { message: String(error), param: undefined, code: undefined };
}

/**
 * @param {string | undefined} param
 * @param {string | undefined} code
 */
function about(param, code) {
  return [param && `param ${param}`, code && `code ${code}`].filter(Boolean).join(" · ");
}

/**
 * @param {string} className
 * @param {string} text
 */
function paragraph(className, text) {
  const element = document.createElement("p");
  return Object.assign(element, { className, textContent: text });
}
