import { bodyJsonSchema, validated } from "@kindred/core";
import type { Reply } from "@kindred/core";
import sharp from "sharp";
import { expect, test } from "vitest";
import { heldEndpoint } from "../../../test/held-endpoint.ts";
import { upscale } from "../src/endpoints/upscale.ts";
import type { UpscaleBody } from "../src/endpoints/upscale.ts";
import type { Upscaled } from "../src/index.ts";
import { uploadDefaults } from "../src/picture/upload-limits.ts";

const endpoint = heldEndpoint(upscale(uploadDefaults));

async function upload(channels: 3 | 4, alpha = 0.5): Promise<File> {
  const background = { r: 255, g: 0, b: 0, alpha };
  const bytes = await sharp({ create: { width: 3, height: 2, channels, background } })
    .png()
    .toBuffer();
  return new File([Uint8Array.from(bytes)], "in.png");
}

async function decode(body: object) {
  const asked = await validated(endpoint.body, body, { code: "INVALID_INPUT" });
  return endpoint.decode(asked);
}

const refusal = (body: object) =>
  decode(body).then(
    () => undefined,
    (error: unknown) => error,
  );

test("its JSON Schema has the fields that a client may send", () => {
  const told = bodyJsonSchema(endpoint.body)!;
  expect(told).toMatchObject({ type: "object", required: ["image"] });
  expect(Object.keys(told["properties"] as object).toSorted()).toEqual([
    "background",
    "image",
    "model",
    "moderation",
    "output_compression",
    "output_format",
    "quality",
    "request_id",
    "response_format",
    "safety_identifier",
    "scale",
    "stream",
    "style",
    "user",
  ]);
});

test("a body becomes a request, as an upload or a data URL, also inside kwargs", async () => {
  const file = await upload(3);
  const url = `data:image/png;base64,${Buffer.from(await file.arrayBuffer()).toString("base64")}`;
  for (const body of [
    { model: "up", image: file, scale: 2, stream: true },
    { model: "up", image: { image_url: url }, scale: 2, stream: true },
    { model: "up", image: [url], kwargs: JSON.stringify({ scale: 2 }), stream: true },
  ]) {
    const { input, ...decoded } = await decode(body);
    expect(decoded).toEqual({ model: "up", stream: true, warnings: [], counts: { pictures: 1 } });
    expect(input).toMatchObject({ image: { width: 3, height: 2 }, scale: 2 });
    expect([...input.image.rgb.subarray(0, 3)]).toEqual([255, 0, 0]);
    expect(input).not.toHaveProperty("alpha");
  }
});

test("silence, and null, mean the model's own scale", async () => {
  const image = await upload(3);
  for (const body of [{ image }, { image, scale: null, model: null, stream: null }])
    expect(await decode(body)).toMatchObject({
      model: undefined,
      stream: false,
      input: { scale: undefined },
    });
});

test("opacity is kept, but in JPEG, and that is said", async () => {
  const image = await upload(4);
  const { input, warnings } = await decode({ image, output_format: "webp" });
  expect([...input.alpha!]).toEqual(Array(6).fill(128));
  expect(warnings).toEqual([]);
  const jpeg = await decode({ image, output_format: "jpeg" });
  expect(jpeg.input).not.toHaveProperty("alpha");
  expect(jpeg.warnings).toEqual([
    "JPEG has no transparency: the colours of image alone were enlarged.",
  ]);
});

test.each<[string, object, string, RegExp]>([
  ["another scale", { scale: 3 }, "scale", /must be 2 or 4/],
  ["a scale as text", { scale: "2" }, "scale", /must be 2 or 4/],
  ["a prompt", { prompt: "a fox" }, "prompt", /enlarges a picture and draws nothing/],
  ["a size", { size: "512x512" }, "size", /use scale/],
  ["another server's name", { upscaling_resize: 4 }, "upscaling_resize", /use scale/],
])("%s is refused with the field", async (_, body, param, message) => {
  expect(await refusal({ image: await upload(3), ...body })).toMatchObject({
    code: "INVALID_INPUT",
    param,
    message: expect.stringMatching(message),
  });
});

test("a body without a picture, and one with two, are refused", async () => {
  expect(await refusal({ scale: 2 })).toMatchObject({ code: "INVALID_INPUT", param: "image" });
  const image = [await upload(3), await upload(3)];
  expect(await refusal({ image })).toMatchObject({ code: "UNSUPPORTED", param: "image" });
});

const output: Upscaled = {
  picture: { rgb: new Uint8Array(8 * 4 * 3).fill(70), width: 8, height: 4 },
  scale: 4,
  upscaler: "RealESRGAN_x4plus",
};
const translucent: Upscaled = { ...output, alpha: new Uint8Array(8 * 4).fill(9) };

interface TestReply extends Reply<UpscaleBody> {
  readonly warnings: string[];
}

function reply(fields: Partial<UpscaleBody> = {}): TestReply {
  const warnings: string[] = [];
  return {
    body: { image: [], ...fields },
    model: "up",
    created: 7,
    warnings,
    warn: (text) => warnings.push(text),
    file: async (bytes, type) => `http://host/${type}/${bytes.length > 0}`,
  };
}

const noTokens = { input_tokens: 0, output_tokens: 0, total_tokens: 0 };

test("the reply has the picture, its size and its format; a PNG says how it was made", async () => {
  const body = (await endpoint.encode(output, reply({ safety_identifier: "me" }))) as any;
  expect(body).toMatchObject({
    created: 7,
    output_format: "png",
    size: "8x4",
    usage: noTokens,
    safety_identifier: "me",
  });
  const png = Buffer.from(body.data[0].b64_json, "base64");
  expect(await sharp(png).metadata()).toMatchObject({ width: 8, height: 4, channels: 3 });
  expect(png.toString("latin1")).toContain(
    "Postprocess upscale by: 4, Postprocess upscaler: RealESRGAN_x4plus, Version: Kindred",
  );
});

test.each(["png", "webp"] as const)("a translucent picture is a translucent %s", async (format) => {
  const body = (await endpoint.encode(translucent, reply({ output_format: format }))) as any;
  const file = Buffer.from(body.data[0].b64_json, "base64");
  const { data, info } = await sharp(file).raw().toBuffer({ resolveWithObject: true });
  expect(info).toMatchObject({ width: 8, height: 4, channels: 4 });
  expect(data[3]).toBe(9);
});

test("a name that could be taken for further facts is quoted in a PNG", async () => {
  const named = { ...output, upscaler: "4x, sharp" };
  const body = (await endpoint.encode(named, reply())) as any;
  const png = Buffer.from(body.data[0].b64_json, "base64").toString("latin1");
  expect(png).toContain('Postprocess upscaler: "4x, sharp", Version');
});

test("a reply by URL keeps the file", async () => {
  const asked = reply({ response_format: "url", output_format: "jpeg", output_compression: 80 });
  const body = (await endpoint.encode(output, asked)) as any;
  expect(body.data).toEqual([{ url: "http://host/image/jpeg/true" }]);
  expect(asked.warnings).toEqual([]);
});

test("a stream ends with one picture, and its tiles are progress", async () => {
  const asked = reply({ stream: true, response_format: "url", user: "me" });
  expect(await endpoint.stream!.event({ done: 1, total: 2 }, asked)).toBeUndefined();
  const events = [...(await endpoint.stream!.end(translucent, asked))];
  expect(events).toEqual([
    {
      event: "image_edit.completed",
      data: {
        type: "image_edit.completed",
        b64_json: expect.any(String),
        created_at: 7,
        size: "8x4",
        quality: "auto",
        background: "transparent",
        output_format: "png",
        usage: expect.objectContaining(noTokens),
      },
    },
  ]);
  expect(asked.warnings).toEqual([
    "user has no effect.",
    "response_format has no effect on a stream: its events have b64_json.",
  ]);
});

test("a terminal is shown the size, and given the file", async () => {
  const shown = await endpoint.show!(
    output,
    reply({ output_format: "webp", output_compression: 5 }),
  );
  expect(shown).toEqual({
    text: "8x4",
    files: [{ type: "image/webp", bytes: expect.any(Uint8Array) }],
  });
});
