// @ts-check
import { copyOf, find, pick } from "../find.js";
import { wordsOf } from "./drawing-words.js";
import { namesOf, settingsOf } from "./picture.js";
/** @import { Drawing } from "./drawing.js" */

/** The list of drawings behind the one on the stage. Each is cancelled by its own button. */
export class QueueList {
  #section = find("queue-section", HTMLElement);
  #title = find("queue-title", HTMLElement);
  #list = find("queue", HTMLElement);
  /** @type {Map<Drawing, HTMLElement>} */
  #rows = new Map();

  /** @param {Drawing[]} drawings All of the page, the one on the stage first. */
  show([, ...behind]) {
    for (const [drawing, row] of this.#rows) {
      if (!behind.includes(drawing)) this.#remove(drawing, row);
    }
    for (const [index, drawing] of behind.entries()) this.#update(drawing, index + 1);
    this.#section.hidden = behind.length === 0;
    const title =
      behind.length === 1 ? "One more is asked for" : `${behind.length} more are asked for`;
    if (this.#title.textContent !== title) this.#title.textContent = title;
  }

  /**
   * @param {Drawing} drawing
   * @param {number} before
   */
  #update(drawing, before) {
    const row = this.#rows.get(drawing) ?? this.#add(drawing);
    pick(row, ".step", HTMLElement).textContent = wordsOf(drawing, before)
      .filter(Boolean)
      .join(", ");
  }

  /** @param {Drawing} drawing */
  #add(drawing) {
    const { request, files, model } = drawing;
    const row = copyOf("queue-template");
    const cancel = pick(row, "button", HTMLButtonElement);
    pick(row, ".title", HTMLElement).textContent = request.prompt;
    pick(row, ".facts", HTMLElement).textContent = [
      model.id,
      ...settingsOf(request, model, namesOf(files)),
    ].join(" · ");
    cancel.ariaLabel = `Cancel “${request.prompt}”`;
    cancel.addEventListener("click", () => drawing.cancel());
    this.#rows.set(drawing, row);
    this.#list.append(row);
    return row;
  }

  /**
   * @param {Drawing} drawing
   * @param {HTMLElement} row
   */
  #remove(drawing, row) {
    const next = row.nextElementSibling ?? row.previousElementSibling;
    const focused = row.contains(document.activeElement);
    this.#rows.delete(drawing);
    row.remove();
    if (focused) (next?.querySelector("button") ?? find("draw", HTMLButtonElement)).focus();
  }
}
