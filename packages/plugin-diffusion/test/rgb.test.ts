import { expect, test } from "vitest";
import { rgbOf } from "../src/picture/rgb.ts";

test("values from -1 to 1 become bytes, halves rounded to even, values beyond them the nearest byte", async () => {
  const half = (byte: number) => (2 * byte) / 255 - 1;
  const values = [-2, -1, half(2), 0, 1, 7];
  const data = Float32Array.from({ length: 18 }, (_, i) => values[i % 6]!);
  const { rgb } = await rgbOf({ type: "float32", dims: [1, 3, 2, 3], data });
  expect(Array.from(rgb.filter((_, i) => i % 3 === 0))).toEqual([0, 0, 2, 128, 255, 255]);
});

test("a picture larger than one slice is converted whole, its channels interleaved", async () => {
  const count = 300 * 300;
  const data = Float32Array.from({ length: 3 * count }, (_, i) => Math.floor(i / count) - 1);
  const { rgb, width, height } = await rgbOf({ type: "float32", dims: [1, 3, 300, 300], data });
  expect([width, height]).toEqual([300, 300]);
  expect(rgb.every((value, i) => value === [0, 128, 255][i % 3])).toBe(true);
});
