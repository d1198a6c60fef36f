// @ts-check

/**
 * Fills a list with one item for each line.
 * @param {HTMLElement} list
 * @param {string[]} lines
 */
export function fillLines(list, lines) {
  const items = lines.map((textContent) =>
    Object.assign(document.createElement("li"), { textContent }),
  );
  list.replaceChildren(...items);
}
