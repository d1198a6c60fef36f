import { expect, test } from "vitest";
import { parametersText } from "../src/picture/parameters.ts";
import { diffusionPipeline } from "../src/pipeline.ts";
import type { ImageEvent, ImageRequest } from "../src/task.ts";
import type { DiffusionModel } from "../src/diffusion-model.ts";
import { drawWith, standInGraph, standInModel } from "./stand-in-model.ts";

/** A model that also encodes: latents are the means of a picture's red. */
function encodingModel(change: Partial<DiffusionModel> = {}): DiffusionModel {
  const { autoencoder } = standInModel();
  return standInModel({
    autoencoder: {
      ...autoencoder,
      decode: async ({ values, width, height }) => ({
        rgb: Uint8Array.from(
          { length: 3 * 64 * width * height },
          (_, i) => 100 + (values[0]! > 0 ? 0 : i % 3),
        ),
        width: 8 * width,
        height: 8 * height,
      }),
      encoder: {
        graph: standInGraph("vae_encoder"),
        dims: (latents) => ({ latents }),
        encode:
          async ({ rgb, width, height }) =>
          (noise) =>
            Float32Array.from(
              { length: (width * height) / 64 },
              (_, i) => rgb[3 * i]! / 255 + noise[i]! / 100,
            ),
      },
    },
    ...change,
  });
}

const pixels = { rgb: new Uint8Array(3 * 80 * 80), width: 80, height: 80 };

test.each([
  [{ scale: 2 }, {}, "160x160"],
  [{ scale: 1.5 }, { width: 72, height: 80 }, "112x120"],
  [{ scale: 1.01 }, {}, "80x80"],
  [{ scale: 4 }, { width: 8, height: 16 }, "32x64"],
  [
    { scale: 2 },
    { image: { ...pixels, rgb: new Uint8Array(3 * 75 * 59), width: 75, height: 59 } },
    "152x120",
  ],
])("%j of %j is %s", async (hires, request, size) => {
  const { pictures, settings, drawn } = await drawWith(encodingModel(), { ...request, hires });
  const { width, height } = pictures[0]!;
  expect([`${width}x${height}`, `${settings.width}x${settings.height}`]).toEqual([size, size]);
  expect(drawn).toBeUndefined();
  expect(settings.hires).toMatchObject({ scale: hires.scale, strength: 0.7 });
});

test("a model that draws its own size alone draws a multiple of it in the second pass", async () => {
  const model = encodingModel({ only: { width: 80, height: 80 } });
  const { pictures, drawn } = await drawWith(model, {
    width: 320,
    height: 320,
    hires: { scale: 2 },
  });
  expect(pictures[0]).toMatchObject({ width: 640, height: 640 });
  expect(drawn).toEqual({ width: 160, height: 160 });
});

test("progress counts the steps of both passes, and previews lie over both, in the size of theirs", async () => {
  const events: ImageEvent[] = [];
  const pipeline = diffusionPipeline(encodingModel());
  const call = {
    signal: new AbortController().signal,
    onEvent: (event: ImageEvent) => void events.push(event),
  };
  const request = { prompt: "", seed: 1, steps: 10, count: 2, previews: 3 };
  await pipeline.run(
    await pipeline.prepare!({ ...request, hires: { scale: 2, strength: 0.5 } }, call),
    call,
  );
  expect(events.map(({ done }) => done)).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
  expect(new Set(events.map(({ total }) => total))).toEqual(new Set([30]));
  const shown = events.flatMap(({ done, preview }) =>
    preview ? [[done, preview.index, preview.width, preview.seed]] : [],
  );
  expect(shown).toEqual([
    [4, 0, 80, 1],
    [8, 1, 80, 1],
    [12, 2, 160, 1],
    [19, 0, 80, 2],
    [23, 1, 80, 2],
    [27, 2, 160, 2],
  ]);
});

test("a model of one step draws as many as leave one to the second pass", async () => {
  const turbo = encodingModel({ defaults: { width: 80, height: 80, steps: 1, guidance: 0 } });
  expect((await drawWith(turbo, { hires: { scale: 2 } })).settings.steps).toBe(2);
  expect((await drawWith(turbo, { hires: { scale: 2, strength: 0.3 } })).settings.steps).toBe(4);
});

const limited = { maxSide: 200, maxPixelSteps: 100_000 };

test.each<[string, Partial<ImageRequest>, RegExp, Partial<DiffusionModel>?]>([
  ["hires", { hires: { scale: 1 } }, /^hires\.scale must be above 1 and at most 4, not 1\.$/],
  ["hires", { hires: { scale: 4.1 } }, /at most 4, not 4\.1/],
  ["hires", { hires: { scale: Number.NaN } }, /not NaN/],
  ["hires", { hires: { scale: 2, strength: 0 } }, /^hires\.strength must be above 0 .* not 0\.$/],
  ["hires", { hires: { scale: 2, strength: 1.5 } }, /not 1\.5/],
  [
    "hires",
    { steps: 2, hires: { scale: 2, strength: 0.3 } },
    /second pass: strength 0\.3 leaves none of 2/,
  ],
  ["strength", { steps: 2, image: pixels, strength: 0.3, hires: { scale: 2 } }, /^strength 0\.3/],
  [
    "hires",
    { image: pixels, mask: pixels, paddingMaskCrop: 4, hires: { scale: 2 } },
    /padding_mask_crop/,
  ],
  [
    "hires",
    { image: pixels, paddingMultiple: 16, hires: { scale: 2 } },
    /padding_image_to_multiple/,
  ],
  [
    "hires",
    { hires: { scale: 3 } },
    /enlarge the picture to 240x240; "model" .* at most 200/,
    { limits: limited },
  ],
  [
    "hires",
    { steps: 4, hires: { scale: 2 } },
    /^A picture of 80x80 and then 160x160 pixels in 4 steps would be 128,000 pixels/,
    { limits: limited },
  ],
  ["steps", { steps: 16, hires: { scale: 2 } }, /in 16 steps/, { limits: limited }],
  [
    "hires",
    { hires: { scale: 4 } },
    /second pass: 320x320 pixels need/,
    { device: { id: "cpu", provider: "cpu", bytes: 1_000, threads: 1 } },
  ],
  [
    "hires",
    { width: 1000, height: 1000, hires: { scale: 4 } },
    /second pass: width is 4000/,
    { only: { width: 80, height: 80 }, limits: { maxSide: 9999, maxPixelSteps: 1e12 } },
  ],
])("a request is refused on its %s: %j", async (param, request, message, change = {}) => {
  await expect(drawWith(encodingModel(change), request)).rejects.toMatchObject({
    code: "INVALID_INPUT",
    param,
    message: expect.stringMatching(message),
  });
});

test("a model without an encoder does not take it", async () => {
  await expect(drawWith(standInModel(), { hires: { scale: 2 } })).rejects.toMatchObject({
    code: "UNSUPPORTED",
    param: "hires",
    message: expect.stringContaining("no encoder"),
  });
});

test("a PNG's parameters name the first size, the scale and the strength as AUTOMATIC1111 reads them", async () => {
  const output = await drawWith(encodingModel(), { hires: { scale: 2, strength: 0.6 } });
  const text = parametersText(output.pictures[0]!, output);
  expect(text).toContain("Size: 80x80, ");
  expect(text).toContain("Denoising strength: 0.6, Hires upscale: 2, Hires upscaler: Lanczos, ");
  const over = await drawWith(encodingModel(), {
    image: pixels,
    strength: 0.5,
    hires: { scale: 2 },
  });
  expect(parametersText(over.pictures[0]!, over)).toContain(
    "Denoising strength: 0.5, Hires denoising strength: 0.7, Hires upscale: 2, ",
  );
});
