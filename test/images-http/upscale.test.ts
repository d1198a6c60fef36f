import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeNetwork } from "../../packages/plugin-diffusion/test/upscaling/files.ts";
import { kindred } from "../started.ts";
import { picture, pixelsOf, send } from "./edit.ts";
import { imageFolder } from "./image-folder.ts";
import { closing, generate, imageServer } from "./image-server.ts";
import type { ImageServer } from "./image-server.ts";
import { serverEvents } from "./server-events.ts";
import type { ServerEvent } from "./server-events.ts";

let folder: string;
let painter: Awaited<ReturnType<typeof imageFolder>>;
let server: ImageServer;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kindred-upscale-"));
  const network = join(folder, "RealESRGAN_x4plus.safetensors");
  await writeNetwork(network);
  painter = await imageFolder();
  const models = ["--model", `up=${network}`, "--model", `sd=${painter.path}`];
  const flags = [...models, "--option", `sd.upscaler=${network}`, "--memory", "2GB"];
  server = await imageServer({ flags });
}, 60_000);
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await painter[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

function form(fields: Readonly<Record<string, string | File>>): FormData {
  const made = new FormData();
  for (const [name, value] of Object.entries(fields)) made.append(name, value);
  return made;
}

const bytesOf = (data: { b64_json?: string }) => Buffer.from(data.b64_json ?? "", "base64");

test("a picture is enlarged, from a form and from JSON, by the only model that does", async () => {
  const image = await picture(20, 10);
  const url = `data:image/png;base64,${Buffer.from(await image.arrayBuffer()).toString("base64")}`;
  const byForm = await (await send(server.url, "upscale", form({ image, scale: "4" }))).json();
  const byJson = await (
    await fetch(`${server.url}/v1/images/upscale`, {
      method: "POST",
      headers: { "content-type": "application/json", ...closing },
      body: JSON.stringify({ model: "up", image: url, output_format: "webp" }),
    })
  ).json();
  expect(byForm).toMatchObject({ size: "80x40", output_format: "png" });
  expect(byJson).toMatchObject({ size: "80x40", output_format: "webp" });
  const files = [bytesOf(byForm.data[0]), bytesOf(byJson.data[0])];
  const metadata = await Promise.all(files.map((file) => sharp(file).metadata()));
  expect(metadata).toMatchObject([
    { format: "png", width: 80, height: 40 },
    { format: "webp", width: 80, height: 40 },
  ]);
});

test("the models say what enlarges", async () => {
  const [up, sd, plain] = await Promise.all(
    ["up", "sd", "stabilityai/tiny-image"].map(async (id) =>
      (await fetch(`${server.url}/v1/models/${id}`, { headers: closing })).json(),
    ),
  );
  expect(up).toMatchObject({ model_type: "image", model_ability: ["upscale"], upscales: [2, 4] });
  expect(sd).toMatchObject({ upscales: [2, 4] });
  expect(plain).not.toHaveProperty("upscales");
});

test("a drawn picture is enlarged: the reply has its size, and the PNG how it came about", async () => {
  const reply = await generate(server.url, { model: "sd", upscale: 2 });
  const { size, data, warnings } = await reply.json();
  expect([size, warnings]).toEqual(["128x128", undefined]);
  const png = bytesOf(data[0]);
  expect(await pixelsOf(png)).toMatchObject({ width: 128, height: 128 });
  const text = png.toString("latin1");
  expect(text).toContain("Size: 64x64");
  expect(text).toContain(
    "Postprocess upscale by: 2, Postprocess upscaler: RealESRGAN_x4plus, Version: Kindred",
  );
  const plain = await (await generate(server.url, { model: "sd" })).json();
  expect(plain.size).toBe("64x64");
  expect(bytesOf(plain.data[0]).toString("latin1")).not.toContain("Postprocess");
});

test("so is one that was drawn over another, of any size", async () => {
  const fields = { model: "sd", prompt: "a fox", num_inference_steps: "2", upscale: "4" };
  for (const name of ["edits", "variations"]) {
    const reply = await send(server.url, name, form({ ...fields, image: await picture(77, 50) }));
    const { size, data } = await reply.json();
    expect(size, name).toBe("308x200");
    expect(await pixelsOf(bytesOf(data[0]))).toMatchObject({ width: 308, height: 200 });
  }
});

test("a stream's previews are as they are drawn, and its last event has the enlarged picture", async () => {
  const events: ServerEvent[] = [];
  const body = { model: "sd", upscale: 2, stream: true, partial_images: 1 };
  for await (const event of serverEvents(await generate(server.url, body))) events.push(event);
  const pictures = events.filter(({ event }) => event.startsWith("image_generation"));
  expect(pictures.map(({ data }) => [data.type, data.size])).toEqual([
    ["image_generation.partial_image", "64x64"],
    ["image_generation.completed", "128x128"],
  ]);
});

test("a picture of many tiles is aborted between two of them", async () => {
  const image = await picture(1200, 900);
  const asked = send(server.url, "upscale", form({ image, model: "up", request_id: "large" }));
  let progress = 0;
  while (!(progress > 0)) {
    const reply = await fetch(`${server.url}/v1/requests/large/progress`, { headers: closing });
    ({ progress } = await reply.json());
  }
  const abort = `${server.url}/v1/models/up/requests/large/abort`;
  await fetch(abort, { method: "POST", headers: closing });
  expect((await asked).status).toBe(499);
}, 60_000);

test.each<[string, () => Promise<Response>, string, RegExp]>([
  [
    "upscale without an upscaler",
    () => generate(server.url, { model: "stabilityai/tiny-image", upscale: 2 }),
    "upscale",
    /was launched without an upscaler\. Leave upscale out, or launch it with options: \{ upscaler: /,
  ],
  [
    "too many enlarged pixels",
    () => generate(server.url, { model: "sd", upscale: 2, n: 5, size: "1024x1024" }),
    "upscale",
    /5 pictures of 1024x1024 would become 4096x4096 by the upscaler, which enlarges by 4\. That is 83,886,080 pixels; at most 67,108,864/,
  ],
  [
    "a picture that would be too large",
    async () =>
      send(server.url, "upscale", form({ image: await picture(4097, 1024), model: "up" })),
    "image",
    /A picture of 4097x1024 would become 16388x4096/,
  ],
  [
    "a model that draws, asked to enlarge",
    async () => send(server.url, "upscale", form({ image: await picture(), model: "sd" })),
    "model",
    /image-upscale/,
  ],
])("%s is a 400 that says what to do", async (_, ask, param, message) => {
  const reply = await ask();
  const { error } = await reply.json();
  expect([reply.status, error.param]).toEqual([400, param]);
  expect(error.message).toMatch(message);
});

test("the command line enlarges a file, in the format of the other's name", async () => {
  await writeFile(join(folder, "in.png"), await (await picture(30, 20)).bytes());
  const out = join(folder, "out.jpg");
  const args = [
    "run",
    `up=${join(folder, "RealESRGAN_x4plus.safetensors")}`,
    `image=@${join(folder, "in.png")}`,
    "scale=2",
    "-o",
    out,
  ];
  const { stdout } = await promisify(execFile)(process.execPath, [fileURLToPath(kindred), ...args]);
  expect(stdout).toContain("60x40");
  expect(await sharp(await readFile(out)).metadata()).toMatchObject({
    format: "jpeg",
    width: 60,
    height: 40,
  });
}, 60_000);
