import { bodyJsonSchema, validated } from "@kindred/core";
import type { Endpoint } from "@kindred/core";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { edits } from "../src/endpoints/edits.ts";
import { inpainting } from "../src/endpoints/inpainting.ts";
import { variations } from "../src/endpoints/variations.ts";
import type { image } from "../src/index.ts";
import { uploadDefaults } from "../src/picture/upload-limits.ts";

const endpoints = {
  edits: edits(uploadDefaults),
  variations: variations(uploadDefaults),
  inpainting: inpainting(uploadDefaults),
};
type Name = keyof typeof endpoints;

/** A picture of one row: a colour with its opacity for each pixel, as "f00" or "f008". */
async function row(...pixels: readonly string[]): Promise<File> {
  const values = pixels.flatMap((text) => Array.from(text, (digit) => parseInt(digit, 16) * 17));
  const channels = pixels[0]!.length as 3 | 4;
  const raw = { width: pixels.length, height: 1, channels };
  const bytes = await sharp(Buffer.from(values), { raw }).png().toBuffer();
  return new File([Uint8Array.from(bytes)], "../../etc/passwd", { type: "text/plain" });
}

const urlOf = async (file: File) =>
  `data:image/png;base64,${Buffer.from(await file.arrayBuffer()).toString("base64")}`;

async function decode(name: Name, body: object) {
  const endpoint: Endpoint<typeof image> = endpoints[name];
  const asked = await validated(endpoint.body, body, { code: "INVALID_INPUT" });
  const { input, ...decoded } = await endpoint.decode(asked);
  return { ...decoded, input };
}

/** What a request is refused with. */
const refusal = (name: Name, body: object) =>
  decode(name, body).then(
    () => undefined,
    (error: unknown) => error,
  );

const opaque = await row("f00", "0f0", "00f");
const prompt = "a fox";
const white = [255, 255, 255];
const black = [0, 0, 0];
const masked = (mask: { rgb: Uint8Array } | undefined) => mask && [...mask.rgb];

describe("an edit", () => {
  test.each([
    ["image", opaque],
    ["image", [opaque]],
    ["images", opaque],
    ["images", [opaque]],
  ])("takes an upload as %s, also as a list", async (field, value) => {
    const { input, warnings } = await decode("edits", { prompt, [field]: value });
    expect(input).toMatchObject({ prompt, image: { width: 3, height: 1 }, mask: undefined });
    expect([...input.image!.rgb]).toEqual([255, 0, 0, 0, 255, 0, 0, 0, 255]);
    expect(input.image).not.toHaveProperty("alpha");
    expect([input.width, warnings]).toEqual([undefined, []]);
  });

  test("takes data URLs in JSON, as OpenAI's and bare ones", async () => {
    const url = await urlOf(opaque);
    for (const body of [
      { images: [{ image_url: url }] },
      { image: { image_url: url } },
      { image: url },
      { image: [url], images: null },
    ]) {
      const { input } = await decode("edits", { prompt, ...body });
      expect([...input.image!.rgb]).toEqual([255, 0, 0, 0, 255, 0, 0, 0, 255]);
    }
  });

  test("without a mask repaints where the picture is wholly transparent, and says so", async () => {
    const image = await row("f00f", "0f08", "00f0");
    const { input, warnings } = await decode("edits", { prompt, image });
    expect(masked(input.mask)).toEqual([...black, ...black, ...white]);
    expect([...input.image!.rgb]).toEqual([255, 0, 0, 0, 255, 0, 0, 0, 255]);
    expect(warnings).toEqual([expect.stringMatching(/^There is no mask: the transparent pixels/)]);
  });

  test("without a mask of an opaque picture with an alpha channel is image-to-image", async () => {
    const { input, warnings } = await decode("edits", { prompt, image: await row("f00f", "0f0f") });
    expect([input.mask, warnings]).toEqual([undefined, []]);
  });

  test("repaints where the mask is wholly transparent, whatever its colours", async () => {
    const mask = await row("fff0", "000f", "0000");
    const { input, warnings } = await decode("edits", { prompt, image: opaque, mask });
    expect(masked(input.mask)).toEqual([...white, ...black, ...white]);
    expect(warnings).toEqual([]);
  });

  test("reads a mask without alpha by its luminance, and says so", async () => {
    const mask = await row("fff", "888", "000");
    const { input, warnings } = await decode("edits", { prompt, image: opaque, mask });
    expect(masked(input.mask)).toEqual([...white, 136, 136, 136, ...black]);
    expect(warnings).toEqual(["mask has no alpha channel: what is white in it was repainted."]);
  });

  test("takes the picture's transparency for nothing beside a mask", async () => {
    const image = await row("f000", "0f0f", "00ff");
    const mask = await row("000f", "000f", "0000");
    const { input } = await decode("edits", { prompt, image, mask });
    expect(masked(input.mask)).toEqual([...black, ...black, ...white]);
  });

  test("has every field of generations, and those of a picture", async () => {
    const asked = {
      image: opaque,
      n: 2,
      size: "64x128",
      seed: [1, 2],
      num_inference_steps: 5,
      strength: 0.5,
      mask_blur: 4,
      padding_mask_crop: 32,
      padding_image_to_multiple: 16,
      request_id: "fox",
      model: "sd",
    };
    const kwargs = JSON.stringify({ negative_prompt: "rain", guidance_scale: 3 });
    const { input, model } = await decode("edits", { prompt, ...asked, kwargs });
    expect(model).toBe("sd");
    expect(input).toMatchObject({
      count: 2,
      width: 64,
      height: 128,
      seed: [1, 2],
      steps: 5,
      strength: 0.5,
      maskBlur: 4,
      paddingMaskCrop: 32,
      paddingMultiple: 16,
      negativePrompt: "rain",
      guidance: 3,
    });
  });
});

const cases: readonly (readonly [string, Name, () => object | Promise<object>, RegExp])[] = [
  ["image", "edits", () => ({}), /^image is missing/],
  ["image", "edits", () => ({ image: "fox.png" }), /must be an upload, or a data URL/],
  ["image", "edits", () => ({ image: [] }), /must have a picture/],
  ["image", "edits", () => ({ image: 7 }), /must be an upload/],
  ["image", "edits", () => ({ image: [opaque, opaque] }), /no model of this server takes more/],
  ["image", "edits", () => ({ image: Array(17).fill(opaque) }), /has 17 pictures, and at most 16/],
  ["images", "edits", () => ({ image: opaque, images: opaque }), /in image and in images/],
  ["image", "edits", () => ({ image: new File(["a"], "a.png") }), /^image is no picture/],
  ["images[0].file_id", "edits", () => ({ images: [{ file_id: "file-1" }] }), /no files are kept/],
  [
    "images[0].image_url",
    "edits",
    () => ({ images: [{ image_url: "https://example.org/fox.png" }] }),
    /is a URL, and nothing is fetched/,
  ],
  ["image", "edits", () => ({ image: "file:///etc/passwd" }), /nothing is fetched/],
  ["image", "edits", () => ({ image: "data:image/svg+xml,<svg/>" }), /must be in base64/],
  ["image", "edits", () => ({ image: "data:image/png;base64,!!!!" }), /^image is empty/],
  ["mask", "edits", async () => ({ image: opaque, mask: await row("000f") }), /1x1.*3x1/],
  [
    "mask",
    "edits",
    async () => ({ image: opaque, mask: await row("000f", "ffff", "fffe") }),
    /^mask is opaque everywhere/,
  ],
  [
    "mask",
    "edits",
    async () => ({ image: opaque, mask: await row("000", "000", "000") }),
    /^mask is black everywhere/,
  ],
  ["strength", "edits", () => ({ image: opaque, strength: 0 }), />0/],
  ["strength", "edits", () => ({ image: opaque, strength: 1.1 }), /<=1/],
  ["markup", "edits", () => ({ image: opaque, markup: opaque }), /no model reads marks/],
  ["frame_count", "edits", () => ({ image: opaque, frame_count: 2 }), /moving pictures/],
  ["frame_duration_ms", "edits", () => ({ image: opaque, frame_duration_ms: 2 }), /moving/],
  ["output_format", "edits", () => ({ image: opaque, output_format: "svg" }), /"webp"/],
  ["output_format", "edits", () => ({ image: opaque, output_format: "gif" }), /"webp"/],
  ["denoising_strength", "edits", () => ({ denoising_strength: 1 }), /use strength/],
  ["mask_image", "edits", () => ({ mask_image: opaque }), /use mask, which/],
  ["init_images", "edits", () => ({ init_images: [] }), /use image/],
  ["mask", "variations", () => ({ image: opaque, mask: opaque }), /images\/edits/],
  ["image", "variations", () => ({}), /must be an upload/],
  [
    "mask",
    "inpainting",
    () => ({ image: opaque, mask_image: opaque, mask: opaque }),
    /use mask_image, which/,
  ],
  ["mask_image", "inpainting", () => ({ image: opaque }), /must be an upload/],
  [
    "mask_image",
    "inpainting",
    async () => ({ image: opaque, mask_image: await row("fff") }),
    /1x1.*3x1/,
  ],
];

test.each(cases)("%s is named at fault in a request for %s", async (param, name, make, message) => {
  const error = await refusal(name, { prompt, ...(await make()) });
  expect(error).toMatchObject({ param, message: expect.stringMatching(message) });
});

test("several pictures are UNSUPPORTED, and edits need a prompt", async () => {
  const several = await refusal("edits", { prompt, images: [opaque, opaque] });
  expect(several).toMatchObject({ code: "UNSUPPORTED", param: "images" });
  expect(await refusal("edits", { image: opaque })).toMatchObject({ param: "prompt" });
});

test("a variation needs a picture alone, and says that transparency is not read", async () => {
  const { input, warnings } = await decode("variations", { image: opaque });
  expect(input).toMatchObject({ prompt: "", follow: [{ image: { width: 3 } }] });
  expect([input.mask, warnings]).toEqual([undefined, []]);
  const told = await decode("variations", { image: await row("f000"), prompt: null });
  expect([told.input.mask, told.warnings]).toEqual([
    undefined,
    [expect.stringContaining("transparent pixels")],
  ]);
});

test("inpainting repaints what is white, whatever the mask's opacity", async () => {
  const mask_image = await row("ffff", "000f", "fff0");
  const { input, warnings } = await decode("inpainting", { image: opaque, mask_image });
  expect(masked(input.mask)).toEqual([...white, ...black, ...white]);
  expect(warnings).toEqual([expect.stringMatching(/^mask_image has transparent pixels/)]);
});

test("their JSON Schemas tell clients of uploads", () => {
  const told = bodyJsonSchema(endpoints.edits.body)!;
  expect(told).toMatchObject({ type: "object", required: ["prompt"] });
  expect(JSON.stringify((told["properties"] as { image: object }).image)).toContain("binary");
});

test.each(Object.values(endpoints))("$path has the names of its fields in errors", ({ fields }) => {
  expect(fields).toMatchObject({
    maskBlur: "mask_blur",
    paddingMultiple: "padding_image_to_multiple",
    steps: "num_inference_steps",
  });
});
