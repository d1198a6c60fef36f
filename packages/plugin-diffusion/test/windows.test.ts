import { expect, test } from "vitest";
import { windowCount, windows } from "../src/prompt/windows.ts";

const options = { length: 5, start: 98, end: 99, padding: 0 };

test.each([
  [0, 1],
  [3, 1],
  [4, 2],
  [6, 2],
  [7, 3],
])("%i tokens fill %i windows of three", (tokens, count) => {
  expect(windowCount(tokens, options)).toBe(count);
});

test("each window has its own start and end tokens and is padded to the full length", () => {
  expect(windows(Int32Array.of(1, 2, 3, 4), 3, options)).toEqual([
    [98, 1, 2, 3, 99],
    [98, 4, 99, 0, 0],
    [98, 99, 0, 0, 0],
  ]);
});
