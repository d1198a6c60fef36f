/** Makes float32 of stored floats. */
export type ToFloats = (bytes: Uint8Array) => Float32Array;

/** By safetensors' name of the type. */
export const toFloats: ReadonlyMap<string, ToFloats> = new Map<string, ToFloats>([
  ["F32", (bytes) => new Float32Array(copied(bytes))],
  [
    "BF16",
    (bytes) => {
      const halves = new Uint16Array(copied(bytes));
      const wide = new Uint32Array(halves.length);
      for (let i = 0; i < halves.length; i++) wide[i] = halves[i]! << 16;
      return new Float32Array(wide.buffer);
    },
  ],
  [
    "F16",
    (bytes) => {
      const halves = new Uint16Array(copied(bytes));
      const wide = new Float32Array(halves.length);
      for (let i = 0; i < halves.length; i++) wide[i] = float16[halves[i]!]!;
      return wide;
    },
  ],
]);

/** The value of each float16 (IEEE 754). */
const float16 = Float32Array.from({ length: 65_536 }, (_, bits) => {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = (bits & 0x3ff) / 1024;
  if (exponent === 0) return sign * fraction * 2 ** -14;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction) * 2 ** (exponent - 15);
});

/** In a buffer of their own, where they are aligned. */
function copied(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}
