// @ts-check

/**
 * A size for people: "512 × 768".
 * @param {string} size
 */
export function shownSize(size) {
  return size.replace("x", " × ");
}
