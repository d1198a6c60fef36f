import type { Weights } from "@kindred/core/onnx";
import { graph } from "@kindred/core/onnx";
import { describe, expect, test } from "vitest";
import { conv } from "../../src/graphs/blocks/conv.ts";
import { filtering } from "../../src/graphs/blocks/toom-cook.ts";
import { winograd } from "../../src/graphs/blocks/winograd.ts";
import { noise, run, withWeights } from "./golden.ts";

const from = 24;
const to = 40;

/** The same convolution, computed directly and by Winograd's algorithm. */
function both(weights: Weights) {
  const g = graph("both", weights);
  const value = g.input("x", "float32", ["batch", from, "height", "width"]);
  const x = { value, channels: from };
  g.output("direct", conv(g, x, to).value);
  return g.output("winograd", winograd(g, x, to).value).build();
}

test.each([
  ["squares that fit", [2, from, 16, 8]],
  ["a height and a width that no square fits", [1, from, 13, 6]],
  ["less than a square", [3, from, 1, 2]],
])("Winograd's algorithm equals the convolution over %s", async (_, dims) => {
  const golden = { dtype: "F32", config: {}, inputs: {}, outputs: {} } as const;
  const found = await withWeights(golden, both, {}, async (weights) =>
    run(both(weights), { x: noise("x", dims) }, ["direct", "winograd"]),
  );
  const { direct, winograd: fast } = found;
  expect(fast!.dims).toEqual(direct!.dims);
  const values = Array.from(direct!.data as Float32Array);
  const differences = values.map((value, i) => Math.abs(value - Number(fast!.data[i])));
  expect(Math.max(...differences)).toBeLessThan(1e-5 * Math.max(...values.map(Math.abs)));
});

test("the kernels that the graph computes count in its memory", async () => {
  const weights: Weights = {
    folder: "/",
    names: [],
    get: (_, shape = []) => {
      const length = 2 * shape.reduce((product, dim) => product * dim, 1);
      return { dtype: "F16", shape, location: "file", offset: 0, length };
    },
  };
  const g = graph("one", weights);
  const value = g.input("x", "float32", [1, from, "height", "width"]);
  const { bytes } = g.output("y", winograd(g, { value, channels: from }, to).value).build();
  expect(bytes).toBe(4 * (36 * from * to + to));
});

describe("filtering", () => {
  const { input, kernel, output } = filtering(4, [0, 1, -1, 2, -2]);
  const apply = (matrix: readonly (readonly number[])[], vector: readonly number[]) =>
    matrix.map((row) => row.reduce((sum, value, i) => sum + value * vector[i]!, 0));

  test("computes a filter's values with one multiplication per sample", () => {
    const samples = [3, -1, 4, 1, -5, 9];
    const taps = [2, -6, 5];
    const [left, right] = [apply(kernel, taps), apply(input, samples)];
    const found = apply(
      output,
      left.map((value, i) => value * right[i]!),
    );
    const expected = [0, 1, 2, 3].map((i) =>
      taps.reduce((sum, tap, j) => sum + tap * samples[i + j]!, 0),
    );
    for (const [i, value] of found.entries()) expect(value).toBeCloseTo(expected[i]!, 10);
  });
});
