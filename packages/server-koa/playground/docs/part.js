// @ts-check
import { copyOf, pick } from "../find.js";

/**
 * A part of an operation that opens and closes.
 * @param {string} name
 * @param {string} facts
 * @param {...HTMLElement} content
 */
export function part(name, facts, ...content) {
  const details = copyOf("part-template");
  pick(details, ".part-name", HTMLElement).textContent = name;
  pick(details, ".summary-facts", HTMLElement).textContent = facts;
  details.append(...content);
  return details;
}
