// @ts-check

/**
 * The letter of a text in the list and in the heat map: A to Z, then AA.
 * @param {number} index
 * @returns {string}
 */
export function letterOf(index) {
  const before = Math.floor(index / 26);
  return (before > 0 ? letterOf(before - 1) : "") + String.fromCharCode(65 + (index % 26));
}
