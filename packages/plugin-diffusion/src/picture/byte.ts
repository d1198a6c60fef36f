const { floor, fround, max, min } = Math;

/** The byte of a value from 0 to 1; others are bounded. Rounds as numpy does: in float32, halves to even. */
export function byteOf(value: number): number {
  const scaled = fround(min(max(value, 0), 1) * 255);
  const below = floor(scaled);
  const rest = scaled - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
}
