import { afterAll, beforeAll, expect, test } from "vitest";
import { formOf, leftHalf, picture, pixelsOf, send } from "./edit.ts";
import { generate, imageServer, model } from "./image-server.ts";
import type { ImageServer } from "./image-server.ts";
import { serverEvents } from "./server-events.ts";
import type { ServerEvent } from "./server-events.ts";

let server: ImageServer;
beforeAll(async () => {
  server = await imageServer();
});
afterAll(() => server[Symbol.asyncDispose]());

const hires = { scale: 2, strength: 0.5 };

async function drawn(reply: Response) {
  const body = await reply.json();
  expect(reply.status, JSON.stringify(body.error)).toBe(200);
  const png = Buffer.from(body.data[0].b64_json, "base64");
  return { ...body, png, pixels: await pixelsOf(png) };
}

test("a picture in two passes is as large as it is said to be, in JSON and inside kwargs", async () => {
  const plain = await drawn(await generate(server.url, { model, hires }));
  expect([plain.size, plain.pixels.width, plain.pixels.height]).toEqual(["128x128", 128, 128]);
  const text = plain.png.toString("latin1");
  expect(text).toContain("Size: 64x64, ");
  expect(text).toContain("Denoising strength: 0.5, Hires upscale: 2, Hires upscaler: Lanczos, ");
  const kwargs = JSON.stringify({ hires });
  expect((await drawn(await generate(server.url, { model, kwargs }))).pixels).toEqual(plain.pixels);
  const one = await drawn(await generate(server.url, { model, size: "128x128", hires: null }));
  expect(one.pixels).not.toEqual(plain.pixels);
});

test("edits, variations and inpainting take it in a form, as a text", async () => {
  const image = await picture();
  const mask_image = await leftHalf();
  const fields = { image, hires: JSON.stringify(hires), strength: "0.5" };
  const edited = await drawn(await send(server.url, "edits", formOf(fields)));
  const varied = await drawn(await send(server.url, "variations", formOf(fields)));
  const inpainted = formOf({ ...fields, mask_image });
  const masked = await drawn(await send(server.url, "inpainting", inpainted));
  expect([edited.size, varied.size, masked.size]).toEqual(Array(3).fill("128x128"));
  expect(edited.pixels).toEqual(varied.pixels);
  expect(masked.pixels).not.toEqual(edited.pixels);
});

test("a stream counts the steps of both passes, and its previews are of the size of theirs", async () => {
  const asked = { model, hires, sampler_name: "Euler", stream: true, partial_images: 2 };
  const reply = await generate(server.url, asked);
  const events: ServerEvent[] = [];
  for await (const each of serverEvents(reply)) events.push(each);
  const of = (name: string) => events.filter(({ event }) => event === name);
  expect(of("progress").at(-1)!.data).toMatchObject({ done: 6, total: 6 });
  const previews = of("image_generation.partial_image");
  expect(previews.map(({ data }) => (data as { size: string }).size)).toEqual(["64x64", "128x128"]);
  expect(of("image_generation.completed")[0]!.data).toMatchObject({ size: "128x128" });
});

test.each<[string, object, RegExp]>([
  ["hires.scale", { scale: 1 }, /^hires\.scale: .*>1/],
  ["hires.scale", { scale: 5 }, /^hires\.scale: .*<=4/],
  ["hires.scale", { strength: 0.5 }, /^hires\.scale: /],
  ["hires.strength", { scale: 2, strength: 0 }, /^hires\.strength: .*>0/],
  ["hires.strength", { scale: 2, strength: 2 }, /^hires\.strength: .*<=1/],
  ["hires.steps", { scale: 2, steps: 4 }, /^hires\.steps: Unrecognized key: "steps"\.$/],
  ["hires", { scale: 2, strength: 0.1 }, /second pass: strength 0\.1 leaves none of 4 steps/],
])("a 400 names %s in %j", async (param, asked, message) => {
  const reply = await generate(server.url, { model, hires: asked });
  const { error } = await reply.json();
  expect(reply.status).toBe(400);
  expect(error).toMatchObject({ param, message: expect.stringMatching(message) });
});

test("the names that AUTOMATIC1111 has for it are refused with ours", async () => {
  for (const field of ["enable_hr", "hr_scale"]) {
    const reply = await generate(server.url, { model, [field]: 2 });
    const { error } = await reply.json();
    expect(error).toMatchObject({ param: field, message: expect.stringContaining("use hires") });
  }
});
