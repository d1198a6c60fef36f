// @ts-check
import { copyOf, find, pick } from "../find.js";
import { letterOf } from "./letter.js";

const examples = [
  "The cat is asleep on the sofa.",
  "A kitten naps on the couch.",
  "How do I reset my password?",
  "I cannot log in to my account.",
  "It will rain in the mountains tomorrow.",
  "Expect showers in the hills by morning.",
];

/** A list of texts, one in each row. Pasting several lines puts the first at the caret and the others into new rows. */
export class TextRows {
  #list = find("texts", HTMLElement);
  #add = find("add-text", HTMLButtonElement);

  constructor() {
    this.#list.append(...examples.map((text) => this.#row(text)));
    this.#name();
    this.#add.addEventListener("click", () => this.#insert(this.#list.lastElementChild, [""]));
  }

  /** The fields that have a text. */
  get filled() {
    const inputs = [...this.#list.querySelectorAll("textarea")];
    return inputs.filter(({ value }) => value.trim() !== "");
  }

  /** @param {string} text */
  #row(text) {
    const row = copyOf("text-template");
    const input = pick(row, "textarea", HTMLTextAreaElement);
    input.value = text;
    input.addEventListener("keydown", (event) => this.#key(event, row));
    input.addEventListener("paste", (event) => this.#paste(event, row));
    pick(row, ".remove", HTMLButtonElement).addEventListener("click", () => this.#remove(row));
    return row;
  }

  /**
   * @param {Element | null} after
   * @param {string[]} texts
   */
  #insert(after, texts) {
    const rows = texts.map((text) => this.#row(text));
    if (after) after.after(...rows);
    else this.#list.append(...rows);
    this.#name();
    rows.at(-1)?.querySelector("textarea")?.focus();
    this.#tell();
  }

  /** @param {HTMLElement} row */
  #remove(row) {
    const next = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    this.#name();
    (next?.querySelector("textarea") ?? this.#add).focus();
    this.#tell();
  }

  /**
   * @param {KeyboardEvent} event
   * @param {HTMLElement} row
   */
  #key(event, row) {
    if (event.key !== "Enter" || event.ctrlKey || event.metaKey || event.isComposing) return;
    event.preventDefault();
    const next = row.nextElementSibling?.querySelector("textarea");
    if (next) next.focus();
    else this.#insert(row, [""]);
  }

  /**
   * @param {ClipboardEvent} event
   * @param {HTMLElement} row
   */
  #paste(event, row) {
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (!/[\r\n]/.test(text)) return;
    event.preventDefault();
    const [first = "", ...rest] = text.split(/\s*[\r\n]\s*/).filter(Boolean);
    const input = pick(row, "textarea", HTMLTextAreaElement);
    input.setRangeText(first, input.selectionStart, input.selectionEnd, "end");
    this.#insert(row, rest);
  }

  #name() {
    for (const [index, row] of [...this.#list.children].entries()) {
      const letter = letterOf(index);
      const label = pick(row, "label", HTMLLabelElement);
      const input = pick(row, "textarea", HTMLTextAreaElement);
      input.id = `text-${index}`;
      input.ariaLabel = `Text ${letter}`;
      label.htmlFor = input.id;
      label.textContent = letter;
      pick(row, ".remove", HTMLElement).ariaLabel = `Remove text ${letter}`;
    }
  }

  #tell() {
    this.#list.dispatchEvent(new Event("input", { bubbles: true }));
  }
}
