import { expect, test } from "vitest";
import { progressOf } from "../src/progress.ts";

test.each([
  [
    { done: 1, total: 2, preview: "x" },
    { done: 1, total: 2 },
  ],
  [{ done: 3, total: 2 }, undefined],
  [{ done: "1", total: 2 }, undefined],
  [null, undefined],
  [undefined, undefined],
  ["text", undefined],
])("%j tells %j", (event, progress) => {
  expect(progressOf(event)).toEqual(progress);
});
