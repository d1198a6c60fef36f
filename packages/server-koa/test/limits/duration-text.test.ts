import { expect, test } from "vitest";
import { durationText } from "../../src/limits/duration-text.ts";

test.each([
  [0, "0s"],
  [0.2, "1ms"],
  [20, "20ms"],
  [999.1, "1s"],
  [8_640, "8.64s"],
  [59_999.5, "1m0s"],
  [360_000, "6m0s"],
  [3_723_001, "1h2m4s"],
])("%d ms is written %s", (milliseconds, text) => {
  expect(durationText(milliseconds)).toBe(text);
});
