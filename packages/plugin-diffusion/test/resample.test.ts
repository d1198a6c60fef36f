import { expect, test } from "vitest";
import { bicubic, lanczos, resample } from "../src/picture/resample.ts";
import { readPictures } from "./pictures/golden.ts";

const golden = readPictures("hires");

test.each([
  ["wide-lanczos.png", lanczos, bicubic],
  ["wide-lanczos-small.png", lanczos, bicubic],
  ["wide-bicubic.png", bicubic, lanczos],
])("%s has Pillow's bytes", async (file, kernel, other) => {
  const [wide, expected] = [await golden.pixels("wide.png"), await golden.pixels(file)];
  const { rgb, ...size } = await resample(wide, expected, kernel);
  expect(size).toEqual({ width: expected.width, height: expected.height });
  expect(Buffer.compare(rgb, expected.rgb)).toBe(0);
  const { rgb: otherwise } = await resample(wide, expected, other);
  expect(Buffer.compare(otherwise, expected.rgb)).not.toBe(0);
});

test("a picture of the size that is asked for keeps its bytes", async () => {
  const wide = await golden.pixels("wide.png");
  for (const kernel of [lanczos, bicubic])
    expect(Buffer.compare((await resample(wide, wide, kernel)).rgb, wide.rgb)).toBe(0);
});

test("enlarging to four million pixels lets the event loop turn", async () => {
  const large = { rgb: new Uint8Array(3 * 1024 * 1024).fill(7), width: 1024, height: 1024 };
  let turns = 0;
  const count = () => (turns++, (next = setImmediate(count)));
  let next = setImmediate(count);
  const { rgb } = await resample(large, { width: 2048, height: 2048 }, lanczos);
  clearImmediate(next);
  expect(Buffer.compare(rgb, Buffer.alloc(rgb.length, 7))).toBe(0);
  expect(turns).toBeGreaterThan(3);
});
