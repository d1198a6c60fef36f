// @ts-check
import { reveal } from "./reveal.js";

/**
 * Tabs as in the ARIA practices: arrows, Home and End move, and the Tab key stops only at the selected one.
 * The page's address keeps the tab that a visitor opened. Dispatches "change" after each move.
 */
export class Tabs extends EventTarget {
  #list;

  /** @param {HTMLElement} list */
  constructor(list) {
    super();
    this.#list = list;
    list.addEventListener("click", ({ target }) => {
      if (target instanceof HTMLButtonElement) this.open(target.value);
    });
    list.addEventListener("keydown", (event) => this.#move(event));
    addEventListener("hashchange", () => this.#follow());
    this.#follow();
  }

  get opened() {
    return this.#tabs[this.#at]?.value;
  }

  /**
   * Adds a tab before the last. It opens when the address names it.
   * @param {HTMLButtonElement} tab
   */
  add(tab) {
    tab.ariaSelected = "false";
    tab.tabIndex = -1;
    this.#list.lastElementChild?.before(tab);
    if (this.opened === undefined) this.#follow();
    else this.#reveal();
  }

  /**
   * Removes a tab. When it was the open one, none is open then.
   * @param {string} name
   */
  remove(name) {
    this.#tabs.find(({ value }) => value === name)?.remove();
  }

  /** @param {string} name */
  open(name) {
    this.show(name);
    history.replaceState(null, "", `#${name}`);
  }

  /**
   * Opens a tab without a word in the address, where the visitor has not chosen.
   * @param {string} name
   */
  show(name) {
    for (const tab of this.#tabs) {
      const selected = tab.value === name;
      tab.ariaSelected = String(selected);
      tab.tabIndex = selected ? 0 : -1;
      panelOf(tab).hidden = !selected;
    }
    this.#reveal();
    this.dispatchEvent(new Event("change"));
  }

  /** Where the tabs are wider than the page, scrolls to the selected one. */
  #reveal() {
    const selected = this.#tabs[this.#at];
    if (selected) reveal(selected);
  }

  get #tabs() {
    return [...this.#list.querySelectorAll("button")];
  }

  get #at() {
    return this.#tabs.findIndex(({ ariaSelected }) => ariaSelected === "true");
  }

  #follow() {
    const asked = this.#tabs.find(({ value }) => `#${value}` === location.hash);
    if (asked) this.show(asked.value);
  }

  /** @param {KeyboardEvent} event */
  #move(event) {
    const count = this.#tabs.length;
    const to = new Map([
      ["ArrowRight", (this.#at + 1) % count],
      ["ArrowLeft", (this.#at + count - 1) % count],
      ["Home", 0],
      ["End", count - 1],
    ]).get(event.key);
    const tab = this.#tabs[to ?? -1];
    if (!tab) return;
    event.preventDefault();
    this.open(tab.value);
    tab.focus();
  }
}

/** @param {HTMLElement} tab */
function panelOf(tab) {
  return /** @type {HTMLElement} */ (
    document.getElementById(tab.getAttribute("aria-controls") ?? "")
  );
}
