// @ts-check

/**
 * The places of two texts in their list, and the cosine of the angle between their vectors.
 * @typedef {{ one: number, other: number, cosine: number }} Pair
 */

/**
 * The cosines of every vector with every vector.
 * @param {number[][]} vectors
 */
export function cosinesOf(vectors) {
  const lengths = vectors.map((vector) => Math.sqrt(dot(vector, vector)));
  return vectors.map((a, i) =>
    vectors.map((b, j) => dot(a, b) / ((lengths[i] ?? 1) * (lengths[j] ?? 1))),
  );
}

/**
 * Every pair once, the most similar first.
 * @param {number[][]} cosines
 * @returns {Pair[]}
 */
export function pairsOf(cosines) {
  const pairs = cosines.flatMap((row, other) =>
    row.slice(0, other).map((cosine, one) => ({ one, other, cosine })),
  );
  return pairs.sort((a, b) => b.cosine - a.cosine);
}

/** @param {number} cosine */
export function shownCosine(cosine) {
  return cosine.toFixed(2).replace("-0.00", "0.00").replace("-", "−");
}

/**
 * @param {number[]} a
 * @param {number[]} b
 */
function dot(a, b) {
  return a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
}
