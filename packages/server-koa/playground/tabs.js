// @ts-check

/**
 * Tabs as in the ARIA practices: arrows, Home and End move, and the Tab key stops only at the selected one.
 * The page's address keeps the open tab. Dispatches "change" after each move.
 */
export class Tabs extends EventTarget {
  /** @type {HTMLButtonElement[]} */
  #tabs;

  /** @param {HTMLElement} list */
  constructor(list) {
    super();
    this.#tabs = [...list.querySelectorAll("button")];
    for (const tab of this.#tabs) tab.addEventListener("click", () => this.open(tab.value));
    list.addEventListener("keydown", (event) => this.#move(event));
    addEventListener("hashchange", () => this.#follow());
    this.#follow();
  }

  get opened() {
    return this.#tabs[this.#at]?.value;
  }

  /** @param {string | undefined} name */
  open(name) {
    for (const tab of this.#tabs) {
      const selected = tab.value === name;
      tab.ariaSelected = String(selected);
      tab.tabIndex = selected ? 0 : -1;
      panelOf(tab).hidden = !selected;
    }
    history.replaceState(null, "", `#${name}`);
    this.dispatchEvent(new Event("change"));
  }

  get #at() {
    return this.#tabs.findIndex(({ ariaSelected }) => ariaSelected === "true");
  }

  #follow() {
    const asked = this.#tabs.find(({ value }) => `#${value}` === location.hash);
    this.open((asked ?? this.#tabs[0])?.value);
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
