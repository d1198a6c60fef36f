import { expect, test } from "vitest";
import { diffusion } from "../src/index.ts";
import { excessOf, limitsOf } from "../src/request/limits.ts";
import { drawWith, standInModel } from "./stand-in-model.ts";

const none = { maxSide: undefined, maxPixelSteps: undefined };
const square = (side: number) => ({ width: side, height: side });

test("a model trained at 512x512 draws ten pictures of 1536x1536 in 50 steps, and six of 2048x2048", () => {
  const limits = limitsOf([square(512)], none, {});
  expect(limits).toEqual({ maxSide: 2048, maxPixelSteps: 1_310_720_000 });
  for (const [side, count] of [
    [1536, 10],
    [2048, 6],
  ] as const) {
    const size = square(side);
    const amount = { ...size, drawn: size, steps: 50, count };
    expect(excessOf("sd", limits, amount)).toBeUndefined();
  }
});

test("limits follow the largest of a model's sizes, and those of small models are as for 512x512", () => {
  expect(limitsOf([square(1024)], none, {}).maxSide).toBe(4096);
  expect(limitsOf([square(512), { width: 512, height: 768 }], none, {})).toEqual({
    maxSide: 3072,
    maxPixelSteps: 5_000 * 512 * 768,
  });
  expect(limitsOf([square(64)], none, {})).toEqual(limitsOf([square(512)], none, {}));
});

test("a launch raises or lowers its limits, and none is above the server's", () => {
  const sizes = [square(512)];
  expect(limitsOf(sizes, { ...none, maxSide: 9999 }, {}).maxSide).toBe(9999);
  expect(limitsOf(sizes, none, { maxSide: 5000 }).maxSide).toBe(5000);
  expect(limitsOf(sizes, { ...none, maxSide: 9999 }, { maxSide: 5000 }).maxSide).toBe(5000);
  expect(limitsOf(sizes, { ...none, maxSide: 100 }, { maxSide: 5000 }).maxSide).toBe(100);
});

/** A model that draws at most 100 pixels along a side, and 80 × 80 × 10 pixels times steps. */
const model = standInModel({ limits: { maxSide: 100, maxPixelSteps: 64_000 } });

test.each([
  ["width", { width: 104, height: 8 }, /^width is 104; "model" draws sides of at most 100 pixels/],
  ["height", { width: 8, height: 99_992 }, /^height is 99992; .* 100 pixels/],
  ["steps", { steps: 11 }, /^A picture of 80x80 .* in 11 steps would be 70,400 .* at most 64,000/],
  ["count", { steps: 5, count: 3 }, /^3 pictures of 80x80 .* in 5 steps would be 96,000/],
])(
  "a request beyond a limit is refused on its %s, with the numbers",
  async (param, asked, message) => {
    await expect(drawWith(model, asked)).rejects.toMatchObject({
      code: "INVALID_INPUT",
      param,
      message: expect.stringMatching(message),
    });
  },
);

test("a picture with more pixels than may be drawn in one step is refused on its width", async () => {
  const few = standInModel({ limits: { maxSide: 100, maxPixelSteps: 6_399 } });
  await expect(drawWith(few, { steps: 1 })).rejects.toMatchObject({ param: "width" });
});

test("a request at its limits is drawn", async () => {
  const { pictures } = await drawWith(model, { steps: 5, count: 2 });
  expect(pictures).toHaveLength(2);
});

test("pixels count as they are drawn, where the picture is enlarged afterwards", async () => {
  const limits = { maxSide: 2048, maxPixelSteps: 64_000 };
  const enlarging = standInModel({ only: square(80), limits });
  const { pictures } = await drawWith(enlarging, { width: 800, height: 800, steps: 2 });
  expect(pictures[0]).toMatchObject({ width: 800, height: 800 });
});

test.each([{ maxSide: 0 }, { maxPixelSteps: Number.NaN }, { side: 1 }])(
  "the plugin refuses %j as its limits",
  (limits) => {
    expect(() => diffusion(limits)).toThrow(/must be a number above 0|no option "side"/);
  },
);
