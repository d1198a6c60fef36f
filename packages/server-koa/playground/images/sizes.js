// @ts-check

const shapes = [
  [1, 1],
  [1.5, 1],
  [1, 1.5],
  [2, 2],
];

/**
 * A model's own size, and a wider, a taller and a larger one. The API wants sides divisible by 8.
 * @param {string} size
 */
export function sizesAround(size) {
  const [width = 0, height = 0] = size.split("x").map(Number);
  if (!width || !height) return [];
  return shapes.map(([x = 1, y = 1]) => `${eighth(width * x)}x${eighth(height * y)}`);
}

/** @param {number} side */
function eighth(side) {
  return Math.round(side / 8) * 8;
}
