// @ts-check
import { ApiError, ServerGone } from "./api/errors.js";
import { reveal } from "./reveal.js";

/** The place in a form that shows an error and marks the field at fault, by the name that its label has. */
export class Problem {
  #box;
  #fieldOf;
  /** @type {HTMLElement | undefined} */
  #blamed;
  #passes = false;

  /**
   * @param {HTMLElement} box
   * @param {(error: ApiError) => HTMLElement | undefined} [fieldOf] Finds the field at fault.
   */
  constructor(box, fieldOf = () => undefined) {
    this.#box = box;
    this.#fieldOf = fieldOf;
  }

  /**
   * @param {unknown} error
   * @param {string} [subject] What failed, where several things may have.
   */
  show(error, subject) {
    this.clear();
    this.#passes = error instanceof ServerGone;
    const known = error instanceof ApiError ? error : unforeseen(error);
    const field = this.#fieldOf(known);
    const lines = [
      paragraph("what", known.message),
      paragraph("which", about(known, field, subject)),
    ];
    this.#box.replaceChildren(...lines);
    this.#box.hidden = false;
    this.#blame(field);
    reveal(this.#box);
  }

  /** Clears what the server's return has mended. */
  serverIsBack() {
    if (this.#passes) this.clear();
  }

  clear() {
    this.#passes = false;
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
  return new ApiError({ message: String(error) });
}

/**
 * @param {ApiError} error
 * @param {HTMLElement | undefined} field
 * @param {string | undefined} subject
 */
function about({ param, code }, field, subject) {
  const parts = [subject, field?.ariaLabel, param && `param ${param}`, code && `code ${code}`];
  return parts.filter(Boolean).join(" · ");
}

/**
 * @param {string} className
 * @param {string} text
 */
function paragraph(className, text) {
  const element = document.createElement("p");
  return Object.assign(element, { className, textContent: text });
}
