import type { Kernel } from "@kindred/core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { image } from "../../src/index.ts";
import type { Hires, ImageRequest, Pixels } from "../../src/index.ts";
import { bicubic, lanczos, resample } from "../../src/picture/resample.ts";
import { deviateBy, expectSame, mutated } from "./deviation.ts";
import { readPictures } from "./golden.ts";
import { launchGolden } from "./launch-golden.ts";
import type { LaunchedGolden } from "./launch-golden.ts";

const golden = readPictures("hires");
const { cases } = golden;

let launched: LaunchedGolden;
let kernel: Kernel;

beforeAll(async () => {
  launched = await launchGolden(golden, "sd15");
  ({ kernel } = launched);
});

afterAll(() => launched?.[Symbol.asyncDispose]());

const deviate = deviateBy(() => kernel, golden);

test.each(Object.keys(cases))("%s is the picture of diffusers' two pipelines", async (name) => {
  expectSame(await deviate(name));
});

test("an ONNX export in Optimum's layout draws the same in two passes", async () => {
  expectSame(await deviate("sd15-two", {}, "sd15-onnx"));
});

const hires = (change: Partial<Hires>) => ({ hires: { scale: 2, strength: 0.7, ...change } });

test.each<[string, string, Partial<ImageRequest>]>([
  ["another strength", "sd15", hires({ strength: 0.5 })],
  ["the first pass alone", "sd15", { hires: undefined, width: 128, height: 128 }],
  ["another seed", "sd15-two", { seed: 43 }],
  ["another sampler", "sd15-wide", { sampler: "Euler" }],
  ["no mask", "sd15-inpaint", { mask: undefined }],
  ["a picture drawn anew by less", "sd15-over", { strength: 0.34 }],
  ["the sizes of the first pass", "xl", sizes(64)],
  ["the sizes of the second pass alone", "xl-sizes", { ...sizes(96), crop: undefined }],
  ["another strength of Stable Diffusion 3", "sd3", hires({ scale: 1.75, strength: 0.8 })],
])("%s is another picture", async (_, name, change) => {
  expect((await deviate(name, change)).mean).toBeGreaterThan(mutated);
});

/** A square as all sizes of SDXL's micro-conditioning, in both passes. */
function sizes(side: number): Partial<ImageRequest> {
  const size = { width: side, height: side };
  return { originalSize: size, targetSize: size };
}

test("what a mask keeps of the request's picture comes back exactly, enlarged", async () => {
  const picture = await golden.pixels("square.png");
  const mask = await golden.pixels("square-mask.png");
  const size = { width: 128, height: 128 };
  const expected = await resample(picture, size, lanczos);
  const areas = await resample(mask, size, bicubic);
  for (const model of ["sd15", "sd15-inpainting", "xl", "sd3"]) {
    const { pictures } = await kernel.run(image, model, {
      prompt: "a sun",
      image: picture,
      mask,
      steps: 2,
      seed: 1,
      hires: { scale: 2 },
    });
    const kept = ({ rgb }: Pixels) => Array.from(rgb).filter((_, i) => areas.rgb[i] === 0);
    const drawn = ({ rgb }: Pixels) => Array.from(rgb).filter((_, i) => areas.rgb[i] !== 0);
    expect(kept(pictures[0]!)).toEqual(kept(expected));
    expect(kept(expected).length).toBeGreaterThan(30_000);
    expect(drawn(pictures[0]!)).not.toEqual(drawn(expected));
  }
});

test("a picture is kept at its own resolution where it is larger than the size that is drawn first", async () => {
  const picture = await resample(
    await golden.pixels("square.png"),
    { width: 128, height: 128 },
    lanczos,
  );
  const mask = await resample(
    await golden.pixels("square-mask.png"),
    { width: 128, height: 128 },
    bicubic,
  );
  const { pictures } = await kernel.run(image, "sd15", {
    prompt: "a sun",
    image: picture,
    mask,
    width: 64,
    height: 64,
    steps: 2,
    seed: 1,
    hires: { scale: 2 },
  });
  const kept = ({ rgb }: Pixels) => Array.from(rgb).filter((_, i) => mask.rgb[i] === 0);
  expect(kept(pictures[0]!)).toEqual(kept(picture));
});

test("a second picture is the one that its own seed gives", async () => {
  const { request, model } = cases["sd15-two"]!;
  const { pictures } = await kernel.run(image, model, request);
  const alone = await kernel.run(image, model, { ...request, count: 1, seed: 43 });
  expect(alone.pictures[0]).toEqual(pictures[1]);
});
