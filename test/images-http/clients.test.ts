import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { generateImage } from "ai";
import { BadRequestError, OpenAI } from "openai";
import { OpenAI as OpenAI4 } from "openai4";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { picture as upload, pixelsOf } from "./edit.ts";
import { imageServer, model } from "./image-server.ts";
import type { ImageServer } from "./image-server.ts";

let server: ImageServer;
beforeAll(async () => {
  server = await imageServer();
});
afterAll(() => server[Symbol.asyncDispose]());

const picture = { model, prompt: "a red apple", num_inference_steps: 4, seed: 1 };
const clients = { "openai 7": OpenAI, "openai 4": OpenAI4 as unknown as typeof OpenAI };

describe.each(Object.entries(clients))("%s", (_, Client) => {
  const connect = () => new Client({ baseURL: `${server.url}/v1`, apiKey: "none", maxRetries: 0 });

  test("gets a picture, its usage, and warnings of fields without effect", async () => {
    const { data, usage, ...reply } = await connect().images.generate({
      ...picture,
      user: "me",
      quality: "high",
      style: "vivid",
      size: "64x128",
    });
    const { width, height, format } = await sharp(bytesOf(data![0]!.b64_json!)).metadata();
    expect([width, height, format]).toEqual([64, 128, "png"]);
    expect(usage).toMatchObject({ output_tokens: 0, total_tokens: usage!.input_tokens });
    expect(reply).toMatchObject({
      warnings: ["quality has no effect.", "style has no effect.", "user has no effect."],
    });
  });

  test("iterates a stream: partials, then the picture that the same request gives without one", async () => {
    const { data, usage } = await connect().images.generate(picture);
    // The older client's generate() knows no streams yet, and events that it does not know it wraps.
    const stream = await connect().post<AsyncIterable<any>>("/images/generations", {
      body: { ...picture, stream: true, partial_images: 2 },
      stream: true,
    });
    const events: Record<string, unknown>[] = [];
    for await (const event of stream) events.push(event.data ?? event);
    const images = events.filter(({ type }) => `${type}`.startsWith("image_generation."));
    expect(images.map(({ type, partial_image_index: index }) => [type, index])).toEqual([
      ["image_generation.partial_image", 0],
      ["image_generation.partial_image", 1],
      ["image_generation.completed", undefined],
    ]);
    for (const { b64_json: encoded, ...facts } of images) {
      expect((await sharp(bytesOf(encoded as string)).metadata()).width).toBe(64);
      const common = { size: "64x64", quality: "auto", background: "opaque" };
      const made = { created_at: expect.any(Number), output_format: "png" };
      expect(facts).toMatchObject({ ...common, ...made });
    }
    expect(images.at(-1)).toMatchObject({ usage, b64_json: data![0]!.b64_json });
  });

  test("downloads the file that a url points at", async () => {
    const linked = await connect().images.generate({ ...picture, n: 2, response_format: "url" });
    const inline = await connect().images.generate({ ...picture, n: 2 });
    for (const [i, { url }] of linked.data!.entries()) {
      const file = await fetch(url!);
      expect(file.headers.get("content-type")).toBe("image/png");
      expect(Buffer.from(await file.arrayBuffer())).toEqual(bytesOf(inline.data![i]!.b64_json!));
    }
  });
});

describe.each(Object.entries(clients))("%s over a picture", (_, Client) => {
  const connect = () => new Client({ baseURL: `${server.url}/v1`, apiKey: "none", maxRetries: 0 });
  const edit = { ...picture, size: "64x64" as const };

  test("edits a file, a list of one, and within a mask", async () => {
    const { images } = connect();
    const [image, mask] = [await upload(), await upload(64, 64, true)];
    const one = await images.edit({ ...edit, image });
    const listed = await images.edit({ ...edit, image: [image] });
    expect(listed.data).toEqual(one.data);
    const masked = await images.edit({ ...edit, image, mask });
    const { rgb } = await pixelsOf(bytesOf(masked.data![0]!.b64_json!));
    const before = await pixelsOf(new Uint8Array(await image.arrayBuffer()));
    expect(kept(rgb, before.rgb)).toBe(true);
    expect(kept((await pixelsOf(bytesOf(one.data![0]!.b64_json!))).rgb, before.rgb)).toBe(false);
  });

  test("hears that several pictures are too many, and of a mask's size", async () => {
    const { images } = connect();
    const image = await upload();
    await expect(images.edit({ ...edit, image: [image, image] })).rejects.toMatchObject({
      status: 400,
      code: "UNSUPPORTED",
      param: "image",
    });
    await expect(
      images.edit({ ...edit, image, mask: await upload(32, 32, true) }),
    ).rejects.toMatchObject({ param: "mask", message: expect.stringContaining("32x32") });
  });

  test("varies a picture, without a model", async () => {
    const { data } = await connect().images.createVariation({
      image: await upload(),
      n: 2,
      response_format: "url",
    });
    expect(data).toHaveLength(2);
    expect((await fetch(data![0]!.url!)).headers.get("content-type")).toBe("image/png");
  });
});

test("edit() iterates a stream, typed, and ends with the picture", async () => {
  const { images } = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: "none" });
  const image = await upload();
  const { data } = await images.edit({ ...picture, image });
  const events = [];
  for await (const event of await images.edit({
    ...picture,
    image,
    stream: true,
    partial_images: 2,
    safety_identifier: "me",
  })) {
    if (event.type.startsWith("image_edit.")) events.push(event);
  }
  expect(events.map(({ type }) => type)).toEqual([
    "image_edit.partial_image",
    "image_edit.partial_image",
    "image_edit.completed",
  ]);
  expect(events.at(-1)).toMatchObject({
    b64_json: data![0]!.b64_json,
    safety_identifier: "me",
    size: "64x64",
  });
});

test("generate() iterates a stream, typed", async () => {
  const { images } = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: "none" });
  const types = [];
  for await (const { type } of await images.generate({
    ...picture,
    stream: true,
    partial_images: 1,
  })) {
    if (type.startsWith("image_generation.")) types.push(type);
  }
  expect(types).toEqual(["image_generation.partial_image", "image_generation.completed"]);
});

test("errors are the client's own classes, and name the field", async () => {
  const { images } = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: "none" });
  const wrong = images.generate({ ...picture, size: "65x64" });
  await expect(wrong).rejects.toThrow(BadRequestError);
  await expect(wrong).rejects.toMatchObject({ param: "size", code: "INVALID_INPUT" });
});

test("the AI SDK generates", async () => {
  const provider = createOpenAICompatible({ name: "kindred", baseURL: `${server.url}/v1` });
  const { images } = await generateImage({
    model: provider.imageModel(model),
    prompt: "a red apple",
    n: 2,
    size: "64x64",
    providerOptions: { kindred: { num_inference_steps: 4 } },
  });
  expect(images.map(({ mediaType }) => mediaType)).toEqual(["image/png", "image/png"]);
  for (const { uint8Array } of images) expect((await sharp(uint8Array).metadata()).width).toBe(64);
});

test("the AI SDK edits, within a mask too", async () => {
  const provider = createOpenAICompatible({ name: "kindred", baseURL: `${server.url}/v1` });
  const bytes = async (file: File) => new Uint8Array(await file.arrayBuffer());
  const [image, mask] = [await bytes(await upload()), await bytes(await upload(64, 64, true))];
  const { images } = await generateImage({
    model: provider.imageModel(model),
    prompt: { text: "a red apple", images: [image], mask },
    providerOptions: { kindred: { num_inference_steps: 4, strength: 1 } },
  });
  const { rgb } = await pixelsOf(images[0]!.uint8Array);
  expect(kept(rgb, (await pixelsOf(image)).rgb)).toBe(true);
});

/** Whether the right halves of two pictures of 64x64 are the same. */
function kept(one: Uint8Array, other: Uint8Array): boolean {
  return one.every((value, i) => Math.floor(i / 3) % 64 < 32 || value === other[i]);
}

function bytesOf(encoded: string): Buffer {
  return Buffer.from(encoded, "base64");
}
