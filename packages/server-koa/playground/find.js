// @ts-check

/**
 * The element of the page with this id; `kind` is its class.
 * @template {Element} T
 * @param {string} id
 * @param {new () => T} kind
 * @returns {T}
 */
export function find(id, kind) {
  const found = document.getElementById(id);
  if (found instanceof kind) return found;
  throw new Error(`The page has no ${kind.name} "${id}".`);
}

/**
 * The element within another that a selector matches; `kind` is its class.
 * @template {Element} T
 * @param {ParentNode} within
 * @param {string} selector
 * @param {new () => T} kind
 * @returns {T}
 */
export function pick(within, selector, kind) {
  const found = within.querySelector(selector);
  if (found instanceof kind) return found;
  throw new Error(`There is no ${kind.name} "${selector}" here.`);
}

/**
 * A copy of the content of a <template>.
 * @param {string} id
 */
export function copyOf(id) {
  const copy = find(id, HTMLTemplateElement).content.firstElementChild?.cloneNode(true);
  return /** @type {HTMLElement} */ (copy);
}
