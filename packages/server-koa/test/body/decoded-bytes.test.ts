import { expect, test } from "vitest";
import { decodedBytes } from "../../src/body/decoded-bytes.ts";

const pixels = (count: number) => ({ rgb: new Uint8Array(count), width: count, height: 1 });

test("typed arrays count wherever a task's input has them", () => {
  expect(decodedBytes({ prompt: "a fox", image: pixels(9), mask: pixels(3) })).toBe(12);
  const control = [{ image: pixels(4), scale: 1 }, { image: pixels(5) }];
  expect(decodedBytes({ control, image: undefined })).toBe(9);
  expect(decodedBytes({ states: new Float32Array(2) })).toBe(8);
});

test("a picture that is there twice counts once", () => {
  const image = pixels(6);
  expect(decodedBytes({ control: [{ image }, { image }], follow: [{ image }] })).toBe(6);
});

test("texts, token ids and files do not", () => {
  const ids = Array.from({ length: 100 }, () => Array(10_000).fill(7));
  const start = performance.now();
  expect(decodedBytes({ input: ids, text: "a fox", file: new File(["a"], "a") })).toBe(0);
  expect(decodedBytes(null)).toBe(0);
  expect(performance.now() - start).toBeLessThan(100);
});
