import { expect, test } from "vitest";
import { guide } from "../src/guidance.ts";

const without = Float32Array.of(1, 2, 3, 6);
const prompted = Float32Array.of(2, 2, 5, 3);

test("guidance goes by its scale from the output without the prompt towards the one with it", () => {
  expect([...guide(without, prompted, { scale: 3, rescale: 0 })]).toEqual([4, 2, 9, -3]);
});

test("fully rescaled guidance has the deviation of the prompt's output", () => {
  const deviation = (values: Float32Array) => {
    const mean = values.reduce((sum, value) => sum + value) / values.length;
    return Math.sqrt(
      values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1),
    );
  };
  expect(deviation(guide(without, prompted, { scale: 3, rescale: 1 }))).toBeCloseTo(
    deviation(prompted),
    5,
  );
});
