import { expect, test } from "vitest";
import { guide } from "../src/guidance.ts";

const empty = Float32Array.of(1, 2, 3, 6);
const text = Float32Array.of(2, 2, 5, 3);

test("guidance goes past the prompt's output by its scale", () => {
  expect([...guide(empty, text, { scale: 3, rescale: 0 })]).toEqual([4, 2, 9, -3]);
});

test("fully rescaled guidance has the deviation of the prompt's output", () => {
  const deviation = (values: Float32Array) => {
    const mean = values.reduce((sum, value) => sum + value) / values.length;
    return Math.sqrt(
      values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1),
    );
  };
  expect(deviation(guide(empty, text, { scale: 3, rescale: 1 }))).toBeCloseTo(deviation(text), 5);
});
