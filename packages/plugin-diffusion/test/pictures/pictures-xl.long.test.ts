import type { Kernel } from "@kindred/core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { image } from "../../src/index.ts";
import type { ImageRequest } from "../../src/index.ts";
import { deviateBy, expectSame, mutated } from "./deviation.ts";
import { readPictures } from "./golden.ts";
import { launchGolden } from "./launch-golden.ts";
import type { LaunchedGolden } from "./launch-golden.ts";

const golden = readPictures("pictures-xl");
const { cases } = golden;

let launched: LaunchedGolden;
let kernel: Kernel;

beforeAll(async () => {
  launched = await launchGolden(golden, "xl");
  ({ kernel } = launched);
});

afterAll(() => launched?.[Symbol.asyncDispose]());

const deviate = deviateBy(() => kernel, golden);

test.each(Object.keys(cases))("%s is diffusers' picture", async (name) => {
  expectSame(await deviate(name));
});

test("an ONNX export in Optimum's layout draws the same picture", async () => {
  expectSame(await deviate("second-texts", {}, "xl-onnx"));
});

test("each folder is of its family", () => {
  const families = Object.fromEntries(kernel.models().map(({ id, family }) => [id, family]));
  expect(families).toMatchObject({ xl: "sdxl", "xl-turbo": "sdxl-turbo", "xl-onnx": "sdxl" });
});

const mutations: Record<string, Partial<ImageRequest>> = {
  "the texts of the encoders swapped": {
    prompt: cases["second-texts"]!.request.prompt2!,
    prompt2: cases["second-texts"]!.request.prompt,
  },
  "one text for both encoders": { prompt2: undefined },
  "no negative prompt": { negativePrompt: undefined, negativePrompt2: undefined },
};

test.each(Object.entries(mutations))("%s is another picture", async (_, change) => {
  expect((await deviate("second-texts", change)).mean).toBeGreaterThan(mutated);
});

test.each([
  ["micro", { originalSize: undefined, crop: undefined, targetSize: undefined }],
  ["negative-micro", { negativeOriginalSize: undefined, negativeTargetSize: undefined }],
])("%s is another picture without its micro-conditioning", async (name, change) => {
  expect((await deviate(name, change)).mean).toBeGreaterThan(mutated);
});

test("an absent negative prompt is not an empty one", async () => {
  expect((await deviate("no-negative", { negativePrompt: "" })).mean).toBeGreaterThan(mutated);
});

test.each(["negativeOriginalSize", "negativeTargetSize"] as const)(
  "%s alone is refused, as diffusers would leave it out",
  async (field) => {
    const request = { ...cases["micro"]!.request, [field]: { width: 8, height: 8 } };
    await expect(kernel.run(image, "xl", request)).rejects.toMatchObject({ code: "INVALID_INPUT" });
  },
);

test("a model of one text encoder takes no second prompt", async () => {
  const request = { ...cases["no-negative"]!.request, prompt3: "a sun" };
  const refused = { code: "UNSUPPORTED", param: "prompt3" };
  await expect(kernel.run(image, "xl", request)).rejects.toMatchObject(refused);
});
