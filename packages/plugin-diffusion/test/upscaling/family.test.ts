import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createKernel } from "@kindred/core";
import type { Kernel, Launch, Progress } from "@kindred/core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { diffusion, image, imageUpscale } from "../../src/index.ts";
import type { Pixels } from "../../src/index.ts";
import { models } from "../pictures/golden.ts";
import { writeFolder } from "../pictures/synthetic-folder.ts";
import { writeGraph, writeNetwork } from "./files.ts";

let root: string;
const at = (...path: readonly string[]) => join(root, ...path);

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "kindred-upscaler-"));
  await writeNetwork(at("x4.safetensors"));
  await writeNetwork(at("x2.safetensors"), { unshuffle: 2 });
  await writeNetwork(at("x1.safetensors"), { unshuffle: 4 });
  await writeGraph(at("community.onnx"));
  await mkdir(at("folder"));
  await writeNetwork(at("folder", "one.safetensors"));
  await mkdir(at("two"));
  await writeNetwork(at("two", "a.safetensors"));
  await writeNetwork(at("two", "b.safetensors"));
  await mkdir(at("onnx"));
  await writeGraph(at("onnx", "model.onnx"), { factor: 4 });
  await writeFile(at("onnx", "README.md"), "");
  await writeNetwork(at("variant.safetensors"), {}, [
    { name: "body.0.rdb1.conv1x1.weight", shape: [4, 8, 1, 1], dtype: "F32" },
  ]);
  await writeGraph(at("fixed.onnx"), { dims: [1, 3, 128, 128] });
  await writeGraph(at("grey.onnx"), { dims: [1, 1, "h", "w"] });
  await writeGraph(at("bytes.onnx"), { type: "uint8" });
  await writeGraph(at("two-inputs.onnx"), { inputs: ["noise"] });
}, 60_000);
afterAll(() => rm(root, { recursive: true }));

const launched = (launches: readonly Launch[]): Promise<Kernel> =>
  createKernel({ plugins: [diffusion()], models: launches });

const launch = (source: string, more: Partial<Launch> = {}): Launch => ({
  id: "up",
  source: at(source),
  ...more,
});

const grey = (width: number, height: number): Pixels => ({
  rgb: new Uint8Array(3 * width * height).fill(128),
  width,
  height,
});
const { signal } = new AbortController();

test.each([
  ["x4.safetensors", 4, [2, 4]],
  ["x2.safetensors", 2, [2]],
  ["x1.safetensors", 1, []],
  ["folder", 4, [2, 4]],
])(
  "%s is launched as an upscaler of %i, and tells what it enlarges by",
  async (source, scale, upscales) => {
    await using kernel = await launched([launch(source)]);
    const info = await kernel.model(imageUpscale, "up");
    expect(info).toMatchObject({ family: "esrgan", task: "image-upscale" });
    expect(info.info).toEqual({
      model_type: "image",
      model_ability: ["upscale"],
      upscales,
      scale,
      max_upscaled_pixels: 67_108_864,
    });
    const events: Progress[] = [];
    const output = await kernel.run(
      imageUpscale,
      "up",
      { image: grey(11, 6) },
      {
        signal,
        onEvent: (event) => events.push(event),
      },
    );
    expect(output).toMatchObject({
      picture: { width: 11 * scale, height: 6 * scale },
      alpha: undefined,
      scale,
      upscaler: source === "folder" ? "one" : source.replace(".safetensors", ""),
    });
    expect(events).toEqual([{ done: 1, total: 1 }]);
  },
);

test.each([
  ["community.onnx", 2],
  ["onnx", 4],
])(
  "%s is launched by the names and sizes of its file, and its scale of %i is measured",
  async (source, scale) => {
    await using kernel = await launched([launch(source)]);
    expect((await kernel.model(imageUpscale, "up")).info).toMatchObject({ upscales: [2, 4] });
    const input = { image: grey(10, 7) };
    const { picture } = await kernel.run(imageUpscale, "up", input, { signal });
    expect([picture.width, picture.height]).toEqual([10 * scale, 7 * scale]);
    expect(picture.rgb.every((value) => value === 128)).toBe(true);
    const { info } = await kernel.model(imageUpscale, "up");
    expect(info).toMatchObject({ scale, upscales: scale === 2 ? [2] : [2, 4] });
  },
);

test("a scale beyond the network's own is UNSUPPORTED, and one that is measured only then too", async () => {
  for (const source of ["x2.safetensors", "community.onnx"]) {
    await using kernel = await launched([launch(source)]);
    const asked = kernel.run(imageUpscale, "up", { image: grey(8, 8), scale: 4 }, { signal });
    await expect(asked).rejects.toMatchObject({
      code: "UNSUPPORTED",
      param: "scale",
      message: expect.stringMatching(
        /^4 is more than "(x2|community)" enlarges by, which is 2\. Ask for 2, /,
      ),
    });
  }
});

test("a picture that would become too large is INVALID_INPUT with the numbers", async () => {
  await using kernel = await createKernel({
    plugins: [diffusion({ maxUpscaledPixels: 10_000 })],
    models: [launch("x4.safetensors")],
  });
  const run = (side: number) =>
    kernel.run(imageUpscale, "up", { image: grey(side, 25), scale: 2 }, { signal });
  expect(await run(25)).toMatchObject({ picture: { width: 50, height: 50 } });
  await expect(run(26)).rejects.toMatchObject({
    code: "INVALID_INPUT",
    param: "image",
    message: expect.stringMatching(/26x25 would become 104x100 .* 10,400 pixels; at most 10,000/),
  });
});

test("opacity is enlarged beside the colours", async () => {
  await using kernel = await launched([launch("x4.safetensors")]);
  const alpha = Uint8Array.from({ length: 64 }, (_, i) => (i % 8 < 4 ? 0 : 255));
  const input = { image: grey(8, 8), alpha, scale: 2 } as const;
  const output = await kernel.run(imageUpscale, "up", input, { signal });
  expect(output.alpha).toHaveLength(16 * 16);
  expect([output.alpha![0], output.alpha![15]]).toEqual([0, 255]);
});

test.each<[string, RegExp]>([
  ["two", /holds 2 upscalers, a\.safetensors, b\.safetensors\. Launch one of the files/],
  [
    "variant.safetensors",
    /has 1 tensors that ESRGAN's network has not, such as "body\.0\.rdb1\.conv1x1\.weight"/,
  ],
  ["fixed.onnx", /takes sides of 128 pixels alone\. .* dynamic axes/],
  ["grey.onnx", /has 1 channels where three colours are due/],
  ["bytes.onnx", /takes uint8 of 4 dims/],
  ["two-inputs.onnx", /has 2 inputs and 2 outputs/],
])("%s fails at its launch, with what to do", async (source, reason) => {
  await using kernel = await launched([launch(source)]);
  expect(kernel.models()).toMatchObject([
    { state: "failed", reason: expect.stringMatching(reason) },
  ]);
});

test("a diffusion model that was launched with an upscaler enlarges what it has drawn", async () => {
  await writeFolder(at("sd"), models["sd15"]!);
  const options = { upscaler: at("x4.safetensors"), size: "64x64" };
  await using kernel = await launched([launch("sd", { id: "sd", options })]);
  expect((await kernel.model(image, "sd")).info).toMatchObject({ upscales: [2, 4] });
  const request = { prompt: "a fox", seed: 1, steps: 2 };
  const events: Progress[] = [];
  const run = (upscale: 2 | 4 | undefined) =>
    kernel.run(
      image,
      "sd",
      { ...request, upscale },
      {
        signal,
        onEvent: ({ done, total }) => events.push({ done, total }),
      },
    );
  const [plain, enlarged] = [await run(undefined), await run(2)];
  expect(plain.pictures).toMatchObject([{ width: 64, height: 64 }]);
  expect(plain.enlarged).toBeUndefined();
  expect(enlarged.pictures).toMatchObject([{ width: 128, height: 128, seed: 1 }]);
  expect(enlarged.settings).toEqual(plain.settings);
  expect(enlarged.enlarged).toEqual({ scale: 2, upscaler: "x4" });
  expect(events).toEqual([
    // PNDM takes one call more than it has steps.
    { done: 1, total: 3 },
    { done: 2, total: 3 },
    { done: 3, total: 3 },
    { done: 1, total: 4 },
    { done: 2, total: 4 },
    { done: 3, total: 4 },
    { done: 4, total: 4 },
  ]);
}, 60_000);

test.each<[string, RegExp]>([
  ["missing.pth", /There is no folder ".*missing\.pth"/],
  ["two", /holds 2 upscalers/],
  ["sd", /The upscaler "sd" of "sd" holds no upscaler\. Name a file of ESRGAN's network/],
])(
  "a diffusion model whose upscaler is %s is not launched",
  async (source, reason) => {
    await writeFolder(at("sd"), models["sd15"]!);
    const options = { upscaler: at(source) };
    await using kernel = await launched([launch("sd", { id: "sd", options })]);
    expect(kernel.models()).toMatchObject([
      { state: "failed", reason: expect.stringMatching(reason) },
    ]);
  },
  60_000,
);
