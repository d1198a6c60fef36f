// @ts-check

/**
 * A size in words: "512 × 768".
 * @param {string} size
 */
export function shownSize(size) {
  return size.replace("x", " × ");
}
