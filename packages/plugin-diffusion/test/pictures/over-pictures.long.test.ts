import type { Kernel } from "@kindred/core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { image } from "../../src/index.ts";
import type { ImageRequest, Pixels } from "../../src/index.ts";
import { deviateBy, expectSame, mutated, tolerance } from "./deviation.ts";
import { readPictures } from "./golden.ts";
import type { Difference } from "./golden.ts";
import { launchGolden } from "./launch-golden.ts";
import type { LaunchedGolden } from "./launch-golden.ts";

const golden = readPictures("over-pictures");
const { cases } = golden;

let launched: LaunchedGolden;
let kernel: Kernel;

beforeAll(async () => {
  launched = await launchGolden(golden, "sd15");
  ({ kernel } = launched);
});

afterAll(() => launched?.[Symbol.asyncDispose]());

const deviate = deviateBy(() => kernel, golden);

/** A case in which Pillow rounds otherwise: a soft edge is blended once here, where its overlay goes through premultiplied bytes. */
const rounded: Readonly<Record<string, Difference>> = {
  "sd15-inpaint-soft": { mean: 0.2, max: tolerance.max },
};

test.each(Object.keys(cases))("%s is diffusers' picture", async (name) => {
  const { mean, max } = await deviate(name);
  expect(mean).toBeLessThanOrEqual((rounded[name] ?? tolerance).mean);
  expect(max).toBeLessThanOrEqual((rounded[name] ?? tolerance).max);
});

test("an ONNX export in Optimum's layout draws the same over a picture", async () => {
  expectSame(await deviate("sd15-wide", {}, "sd15-onnx"));
});

test.each<[string, string, Partial<ImageRequest>]>([
  ["another strength", "sd15-pndm-most", { strength: 0.5 }],
  [
    "no picture",
    "sd15-pndm-most",
    { image: undefined, strength: undefined, width: 64, height: 64 },
  ],
  ["no mask", "sd15-inpaint-pndm-most", { mask: undefined }],
  ["a hard edge for a soft one", "sd15-inpaint-soft", { maskBlur: 0 }],
  ["other surroundings", "sd15-inpaint-crop", { paddingMaskCrop: 40 }],
  ["the whole picture for a part of it", "sd15-inpaint-crop", { paddingMaskCrop: undefined }],
  ["another seed", "inpainting-whole", { seed: 43 }],
  ["another seed of Stable Diffusion 3", "sd3-inpainting-most", { seed: 43 }],
  ["noise alone of Stable Diffusion 3", "sd3-inpainting-most", { strength: 1 }],
  ["a picture in the noise of Stable Diffusion 3", "sd3-inpainting", { strength: 0.5 }],
])("%s is another picture", async (_, name, change) => {
  expect((await deviate(name, change)).mean).toBeGreaterThan(mutated);
});

test("what a mask keeps comes back exactly", async () => {
  const picture = await golden.pixels("square.png");
  const mask = await golden.pixels("square-mask.png");
  for (const model of ["sd15", "sd15-inpainting", "xl", "sd3", "sd3-inpainting"]) {
    const { pictures } = await kernel.run(image, model, {
      prompt: "a sun",
      image: picture,
      mask,
      steps: 2,
      seed: 1,
    });
    const kept = ({ rgb }: Pixels) => Array.from(rgb).filter((_, i) => mask.rgb[i] === 0);
    const drawn = ({ rgb }: Pixels) => Array.from(rgb).filter((_, i) => mask.rgb[i] !== 0);
    expect(kept(pictures[0]!)).toEqual(kept(picture));
    expect(drawn(pictures[0]!)).not.toEqual(drawn(picture));
  }
});

test("a picture of an odd size comes back in that size", async () => {
  const large = await golden.pixels("large.png");
  const odd = { rgb: large.rgb.subarray(0, 3 * 75 * 59), width: 75, height: 59 };
  const { pictures, drawn } = await kernel.run(image, "sd15", {
    prompt: "a sun",
    image: odd,
    steps: 2,
    seed: 1,
  });
  expect(pictures[0]).toMatchObject({ width: 75, height: 59 });
  expect(drawn).toEqual({ width: 72, height: 56 });
});
