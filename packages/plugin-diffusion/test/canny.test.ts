import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { expect, test } from "vitest";
import { canny } from "../src/picture/canny.ts";
import type { Pixels } from "../src/index.ts";

const { signal } = new AbortController();

async function recorded(name: string): Promise<Pixels> {
  const path = fileURLToPath(new URL(`golden/canny/${name}.png`, import.meta.url));
  const picture = sharp(path).toColourspace("srgb").removeAlpha();
  const { data, info } = await picture.raw().toBuffer({ resolveWithObject: true });
  return { rgb: data, width: info.width, height: info.height };
}

test.each(["disc", "noise", "line", "column"])("the edges of %s are OpenCV's", async (name) => {
  const { rgb, width, height } = await canny(await recorded(name), signal);
  const expected = await recorded(`${name}-edges`);
  expect([width, height]).toEqual([expected.width, expected.height]);
  const differing = rgb.filter((value, i) => value !== expected.rgb[i]).length;
  expect(differing).toBe(0);
});

test("the edges of a picture are on it, and a picture of one colour has none", async () => {
  const { rgb } = await canny(await recorded("disc"), signal);
  expect(rgb.filter((value) => value === 255).length).toBeGreaterThan(300);
  const grey = { rgb: new Uint8Array(3 * 64).fill(128), width: 8, height: 8 };
  expect(new Set((await canny(grey, signal)).rgb)).toEqual(new Set([0]));
});

test("the event loop turns while a large picture is read", async () => {
  const [width, height] = [2048, 1536];
  const rgb = Uint8Array.from({ length: 3 * width * height }, (_, i) => (i * 2654435761) >>> 24);
  let longest = 0;
  let last = performance.now();
  const timer = setInterval(() => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
  }, 5);
  await canny({ rgb, width, height }, signal);
  clearInterval(timer);
  expect(longest).toBeLessThan(500);
});

test("it is given up once its request is", async () => {
  const [width, height] = [2048, 1536];
  const rgb = new Uint8Array(3 * width * height);
  const controller = new AbortController();
  const asked = canny({ rgb, width, height }, controller.signal);
  controller.abort();
  await expect(asked).rejects.toMatchObject({ code: "ABORTED" });
});
