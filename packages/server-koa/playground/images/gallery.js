// @ts-check
import { copyOf, find, pick } from "../find.js";
import { fillLines } from "../lines.js";
import { shownBytes } from "../shown-bytes.js";
import { maxBytes, maxPictures } from "./album.js";
import { bytesOf, factsOf, fileNameOf } from "./picture.js";
/** @import { Collection } from "./collection.js" */
/** @import { Picture } from "./picture.js" */

/**
 * Called by the buttons of a picture.
 * @typedef {Record<"look" | "reuse" | "edit" | "enlarge", (picture: Picture) => void>} GalleryActions
 */

/** The list of the pictures on the page, newest first. */
export class Gallery {
  #list = find("gallery", HTMLElement);
  #hint = find("gallery-hint", HTMLElement);
  #clear = find("clear-pictures", HTMLButtonElement);
  #dialog = find("clear-dialog", HTMLDialogElement);
  #question = find("clear-question", HTMLElement);
  /** @type {Map<Picture, HTMLElement>} */
  #items = new Map();
  #collection;
  #actions;

  /**
   * @param {Collection} collection
   * @param {GalleryActions} actions
   */
  constructor(collection, actions) {
    this.#collection = collection;
    this.#actions = actions;
    collection.addEventListener("change", () => this.#show());
    this.#clear.addEventListener("click", () => {
      this.#question.textContent = `Delete ${counted(collection.pictures)}?`;
      this.#dialog.showModal();
    });
    this.#dialog.addEventListener("close", () => {
      if (this.#dialog.returnValue === "delete") collection.clear();
      this.#dialog.returnValue = "";
    });
  }

  /**
   * Offers to draw over the pictures, where a model can.
   * @param {boolean} whether
   */
  offerEdits(whether) {
    this.#list.toggleAttribute("data-edits", whether);
  }

  /**
   * Offers to enlarge the pictures, where a model does that alone.
   * @param {boolean} whether
   */
  offerEnlarging(whether) {
    this.#list.toggleAttribute("data-enlarging", whether);
  }

  #show() {
    const { pictures, refusal } = this.#collection;
    for (const [picture, item] of this.#items) {
      if (pictures.includes(picture)) continue;
      this.#items.delete(picture);
      item.remove();
    }
    for (const [index, picture] of pictures.entries()) {
      if (this.#items.has(picture)) continue;
      const item = this.#itemOf(picture);
      this.#items.set(picture, item);
      // Those that the album gives back are older than those drawn meanwhile.
      const older = pictures.slice(0, index).findLast((each) => this.#items.has(each));
      if (older) this.#items.get(older)?.before(item);
      else this.#list.append(item);
    }
    this.#clear.hidden = pictures.length === 0;
    const hint = hintOf(pictures, refusal);
    if (this.#hint.textContent !== hint) this.#hint.textContent = hint;
  }

  /** @param {Picture} picture */
  #itemOf(picture) {
    const { prompt } = picture.request;
    const item = copyOf("print-template");
    const act = (
      /** @type {string} */ selector,
      /** @type {string} */ verb,
      /** @type {() => void} */ does,
    ) => {
      const button = pick(item, selector, HTMLButtonElement);
      button.ariaLabel = `${verb} “${prompt}”`;
      button.addEventListener("click", does);
    };
    pick(item, "img", HTMLImageElement).src = picture.url;
    pick(item, ".title", HTMLElement).textContent = prompt;
    fillLines(pick(item, ".facts", HTMLElement), factsOf(picture));
    act(".look", "Look at", () => this.#actions.look(picture));
    act(".reuse", "Reuse the settings of", () => this.#actions.reuse(picture));
    act(".edit", "Edit", () => this.#actions.edit(picture));
    act(".enlarge", "Enlarge", () => this.#actions.enlarge(picture));
    act(".delete", "Delete", () => this.#delete(picture, item));
    const download = pick(item, ".download", HTMLAnchorElement);
    download.ariaLabel = `Download “${prompt}”`;
    download.href = picture.url;
    download.download = fileNameOf(picture);
    return item;
  }

  /**
   * @param {Picture} picture
   * @param {HTMLElement} item
   */
  #delete(picture, item) {
    const next = item.nextElementSibling ?? item.previousElementSibling;
    this.#collection.remove(picture);
    const button = next?.querySelector(".delete") ?? find("prompt", HTMLElement);
    if (button instanceof HTMLElement) button.focus();
  }
}

/**
 * @param {Picture[]} pictures
 * @param {string | undefined} refusal
 */
function hintOf(pictures, refusal) {
  if (refusal !== undefined) {
    return `This browser keeps nothing for this page (${refusal}). Pictures go when the page is closed.`;
  }
  const bounds = `Beyond ${maxPictures}, or ${shownBytes(maxBytes)}, the oldest go.`;
  if (pictures.length === 0)
    return `Pictures are kept in this browser with their settings. ${bounds}`;
  const bytes = pictures.reduce((sum, picture) => sum + bytesOf(picture), 0);
  return `${counted(pictures)}, ${shownBytes(bytes)}, kept in this browser. ${bounds}`;
}

/** @param {Picture[]} pictures */
function counted({ length }) {
  return length === 1 ? "one picture" : `${length} pictures`;
}
