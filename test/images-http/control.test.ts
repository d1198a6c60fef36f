import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { OpenAI } from "openai";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readPictures } from "../../packages/plugin-diffusion/test/pictures/golden.ts";
import { writeControlNet } from "../../packages/plugin-diffusion/test/pictures/synthetic-folder.ts";
import { pythonWith } from "../python.ts";
import { formOf, leftHalf, picture, pixelsOf, send } from "./edit.ts";
import { generate, imageServer, model } from "./image-server.ts";
import type { ImageServer } from "./image-server.ts";
import { serverEvents } from "./server-events.ts";
import type { ServerEvent } from "./server-events.ts";

const { nets } = readPictures("control-pictures");
const plain = "plain";
const two = "two";

let folder: string;
let server: ImageServer;
let lines: File;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kindred-control-"));
  for (const name of ["lines", "pose"]) await writeControlNet(join(folder, name), nets[name]!);
  const flag = (id: string, name: string) => ["--controlnet", `${id}.${name}=${folder}/${name}`];
  const flags = [flag(model, "lines"), flag(two, "lines"), flag(two, "pose")].flat();
  server = await imageServer({ models: [plain, two], flags });
  lines = await drawing();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

/** A white square on black. */
async function drawing(width = 96, height = 64): Promise<File> {
  const square = { create: { width: 40, height: 40, channels: 3, background: "white" } } as const;
  const black = sharp({ create: { width, height, channels: 3, background: "black" } });
  const composed = black.composite([{ input: square, left: 20, top: 10 }]);
  const bytes = await composed.removeAlpha().png().toBuffer();
  return new File([Uint8Array.from(bytes)], "lines.png", { type: "image/png" });
}

async function urlOf(file: File): Promise<string> {
  return `data:image/png;base64,${Buffer.from(await file.arrayBuffer()).toString("base64")}`;
}

async function drawn(name: string, fields: Parameters<typeof formOf>[0]) {
  const reply = await send(server.url, name, formOf(fields));
  const body = await reply.json();
  expect(reply.status, JSON.stringify(body.error)).toBe(200);
  const png = Buffer.from(body.data[0].b64_json, "base64");
  return { ...body, png, pixels: await pixelsOf(png) };
}

async function refusal(name: string, fields: Parameters<typeof formOf>[0]) {
  const reply = await send(server.url, name, formOf(fields));
  expect(reply.status).toBe(400);
  return (await reply.json()).error;
}

test("a picture is drawn after another, at its size, from a form, from JSON and by openai's client", async () => {
  const form = await drawn("generations", { control_image: lines });
  expect([form.size, form.pixels.width, form.pixels.height]).toEqual(["96x64", 96, 64]);
  expect(form.png.toString("latin1")).toContain(
    'ControlNet 0: "Model: lines, Weight: 1, Guidance Start: 0, Guidance End: 1"',
  );
  const control_image = await urlOf(lines);
  const json = await (await generate(server.url, { model, control_image })).json();
  expect(json.data[0].b64_json).toBe(form.png.toString("base64"));

  const client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: "none", maxRetries: 0 });
  const settings = { prompt: "a red apple", num_inference_steps: 4, seed: 1 };
  const asked = { model, ...settings, control_image: [{ image_url: control_image }] };
  const { data } = await client.images.generate(asked);
  expect(data![0]!.b64_json).toBe(json.data[0].b64_json);

  const without = await drawn("generations", { size: "96x64" });
  expect(without.pixels).not.toEqual(form.pixels);
});

test("facts of each ControlNet come as one value, as a list, in form strings and in kwargs", async () => {
  const weak = { control_image: lines, controlnet_conditioning_scale: "0.3" };
  const one = await drawn("generations", weak);
  const listed = await drawn("generations", {
    control_image: lines,
    kwargs: JSON.stringify({ controlnet_conditioning_scale: [0.3], controlnet: ["lines"] }),
  });
  expect(listed.pixels).toEqual(one.pixels);
  const both = { model: two, control_image: [lines, await drawing(96, 64)] };
  const together = await drawn("generations", { ...both, controlnet: '["pose", "lines"]' });
  const shares = { control_guidance_start: "[0, 0.5]", control_guidance_end: "0.9" };
  const shared = await drawn("generations", { ...both, ...shares, guess_mode: "true" });
  expect(shared.pixels).not.toEqual(together.pixels);
  expect(shared.png.toString("latin1")).toContain("Guidance Start: 0.5, Guidance End: 0.9, Guess");
});

test("Canny's edges are made here where a request asks for them", async () => {
  const [asked, sent] = [
    await drawn("generations", { control_image: lines, control_preprocess: "canny" }),
    await drawn("generations", { control_image: lines }),
  ];
  expect(asked.size).toBe("96x64");
  expect(asked.pixels).not.toEqual(sent.pixels);
});

test("a variation follows its picture, and with a strength is drawn over it", async () => {
  const followed = await drawn("variations", { image: lines });
  expect(followed.pixels).toEqual((await drawn("generations", { control_image: lines })).pixels);
  const over = await drawn("variations", { image: lines, strength: "0.5" });
  expect(over.pixels).toEqual((await drawn("edits", { image: lines, strength: "0.5" })).pixels);
  const both = await drawn("variations", { image: lines, control_image: lines, strength: "0.5" });
  expect(both.pixels).not.toEqual(over.pixels);
  const weak = await drawn("variations", { image: lines, controlnet_conditioning_scale: "0.3" });
  expect(weak.pixels).not.toEqual(followed.pixels);
  // One picture is for all ControlNets.
  expect(
    (await drawn("variations", { model: two, image: lines })).png.toString("latin1"),
  ).toContain("ControlNet 1:");
});

test("edits follow a picture within their mask, and a stream has its events", async () => {
  const [image, mask, control_image] = [await picture(), await leftHalf(), await drawing(64, 64)];
  const edited = await drawn("edits", { image, mask, control_image });
  const plainly = await drawn("edits", { image, mask });
  expect(edited.pixels).not.toEqual(plainly.pixels);
  const inpainted = await drawn("inpainting", { image, mask_image: mask, control_image });
  expect(inpainted.pixels).toEqual(edited.pixels);
  const form = formOf({ image, mask, control_image, stream: "true", partial_images: "1" });
  const events: ServerEvent[] = [];
  for await (const event of serverEvents(await send(server.url, "edits", form))) events.push(event);
  const pictures = events.filter(({ event }) => event.startsWith("image_edit."));
  expect(pictures.map(({ event }) => event)).toEqual([
    "image_edit.partial_image",
    "image_edit.completed",
  ]);
  expect(events.at(-1)!.data.b64_json).toBe(edited.png.toString("base64"));
});

test("what does not fit is refused by the client's field", async () => {
  const control_image = lines;
  const cases: [string, Parameters<typeof formOf>[0], string, RegExp][] = [
    ["generations", { model: plain, control_image }, "control_image", /without ControlNets/],
    ["generations", { control_image, controlnet: "pose" }, "controlnet", /"pose".*"lines"/],
    [
      "generations",
      { model: two, control_image },
      "controlnet",
      /"lines", "pose" for ControlNets, and there is one control picture/,
    ],
    ["generations", { controlnet: "lines" }, "controlnet", /needs control_image/],
    ["generations", { guess_mode: "true" }, "guess_mode", /needs a control picture/],
    [
      "generations",
      { control_image, controlnet_conditioning_scale: "x" },
      "controlnet_conditioning_scale",
      /number/,
    ],
    [
      "generations",
      { control_image: [lines, lines], controlnet_conditioning_scale: "[1]" },
      "controlnet_conditioning_scale",
      /1 values for 2/,
    ],
    [
      "generations",
      { control_image, control_guidance_start: "0.6", control_guidance_end: "0.5" },
      "control_guidance_end",
      /above its start, which is 0\.6/,
    ],
    ["generations", { control_image, control_preprocess: "hed" }, "control_preprocess", /canny/],
    ["generations", { control_image: new File(["x"], "x.png") }, "control_image", /no picture/],
    [
      "variations",
      { image: lines, model: plain, controlnet: "lines" },
      "image",
      /without ControlNets/,
    ],
    ["variations", { image: lines, model: plain, control_preprocess: "canny" }, "image", /without/],
    [
      "variations",
      { image: lines, strength: "0.5", control_preprocess: "canny" },
      "strength",
      /no Co/,
    ],
    [
      "generations",
      { control_image, controlnet_conditioning_scale: "[0.3, 0.5]" },
      "controlnet_conditioning_scale",
      /2 values for one control picture/,
    ],
    [
      "generations",
      { control_image: [lines, lines, lines] },
      "controlnet",
      /are 3 control pictures/,
    ],
    ["generations", { control_image, control_guidance_start: "1" }, "control_guidance_start", /<1/],
    [
      "variations",
      { image: lines, strength: "0.5", guess_mode: "true" },
      "strength",
      /no ControlNet/,
    ],
  ];
  for (const [name, fields, param, message] of cases) {
    const error = await refusal(name, fields);
    expect([error.param, error.message]).toEqual([param, expect.stringMatching(message)]);
  }
});

test("a reply warns of a ControlNet that took part in no step, and of transparency that was left out", async () => {
  const idle = await drawn("generations", { control_image: lines, control_guidance_end: "0.1" });
  expect(idle.warnings).toEqual([expect.stringContaining('"lines" took part in no step')]);
  const clear = await drawn("generations", { control_image: await picture(64, 64, true) });
  expect(clear.warnings).toEqual([expect.stringContaining("control_image has transparent pixels")]);
});

test("a control picture is padded with its picture, and alone", async () => {
  const [image, control_image] = [await picture(72, 72), await drawing(72, 72)];
  const padding = { padding_image_to_multiple: "64" };
  const together = await drawn("edits", { image, control_image, ...padding });
  expect([together.size, together.pixels.width]).toEqual(["72x72", 72]);
  const black = { background: "black", right: 56, bottom: 56 };
  const padded = async (file: File) => {
    const bytes = await sharp(await file.arrayBuffer())
      .extend(black)
      .png()
      .toBuffer();
    return new File([Uint8Array.from(bytes)], file.name, { type: "image/png" });
  };
  const whole = { image: await padded(image), control_image: await padded(control_image) };
  const apart = await drawn("edits", whole);
  const cut = await sharp(apart.png).extract({ left: 0, top: 0, width: 72, height: 72 }).toBuffer();
  expect(together.pixels).toEqual(await pixelsOf(cut));
  const followed = await drawn("variations", { image: control_image, ...padding });
  expect(followed.size).toBe("72x72");
});

test("a model tells its ControlNets", async () => {
  const told = async (id: string) => (await fetch(`${server.url}/v1/models/${id}`)).json();
  expect((await told(two)).controlnet).toEqual(["lines", "pose"]);
  expect((await told(plain)).controlnet).toBeNull();
});

const python = pythonWith("xinference_client");
test.skipIf(!python)("Xinference's notebook draws", { timeout: 300_000 }, async () => {
  const script = fileURLToPath(new URL("../../tools/clients/check_control.py", import.meta.url));
  const { stdout } = await promisify(execFile)(python!, [script, server.url, model]);
  expect(stdout).toMatch(/^xinference-client \d/);
});
