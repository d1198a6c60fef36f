import { cp, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createKernel, logger, provide, silent } from "@kindred/core";
import type { Kernel, Launch, ModelInfo } from "@kindred/core";
import { openSafetensors } from "@kindred/core/onnx";
import { pluginChecks } from "@kindred/core/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { diffusion } from "../src/index.ts";
import { sd15 } from "./model-families.ts";
import { models } from "./pictures/golden.ts";
import { writeFolder } from "./pictures/synthetic-folder.ts";

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "kindred-family-"));
  for (const name of ["sd15-f16", "sd21", "sd-turbo", "zero-snr", "lcm", "img2img"])
    await writeFolder(join(root, name), models[name]!);
});
afterAll(() => rm(root, { recursive: true }));

/** A copy of a folder that a test may change. */
async function copied(model: string, name: string): Promise<string> {
  await cp(join(root, model), join(root, name), { recursive: true });
  return join(root, name);
}

async function infoOf(source: string, launch: Partial<Launch> = {}): Promise<ModelInfo> {
  const kernel = await createKernel({
    plugins: [diffusion()],
    models: [{ id: "model", source, ...launch }],
  });
  const [info] = kernel.models();
  await kernel[Symbol.asyncDispose]();
  return info!;
}

test.each([
  ["sd15-f16", "sd15", { num_inference_steps: 50, guidance_scale: 7.5 }, "512x512"],
  ["sd21", "sd15", { num_inference_steps: 50, guidance_scale: 7.5 }, "128x128"],
  ["sd-turbo", "sd-turbo", { num_inference_steps: 1, guidance_scale: 0 }, "64x64"],
  ["zero-snr", "sd15", { num_inference_steps: 50, guidance_scale: 7.5 }, "128x128"],
  ["lcm", "lcm", { num_inference_steps: 4, guidance_scale: 8.5 }, "512x512"],
  ["img2img", "sd15", { num_inference_steps: 50, guidance_scale: 7.5 }, "512x512"],
])("%s is served by %s, with that family's defaults", async (model, family, defaults, size) => {
  expect(await infoOf(join(root, model))).toMatchObject({
    family,
    state: "ready",
    info: {
      model_type: "image",
      model_ability: ["text2image", "image2image", "inpainting"],
      defaults,
      size,
    },
  });
});

test.each([
  ["zero-snr", { family: "sd-turbo" }, { num_inference_steps: 1, guidance_scale: 0 }],
  ["sd-turbo", { family: "sd15" }, { num_inference_steps: 50, guidance_scale: 7.5 }],
  [
    "sd-turbo",
    { options: { steps: 4, guidance: 1.5 } },
    { num_inference_steps: 4, guidance_scale: 1.5 },
  ],
])("%s launched with %j has the defaults %j", async (model, launch, defaults) => {
  expect(await infoOf(join(root, model), launch)).toMatchObject({ info: { defaults } });
});

test.each([
  ["sd15-f16", "sd-turbo", "sd15", { num_inference_steps: 50, guidance_scale: 7.5 }],
  ["sd21", "stabilityai/sd-turbo", "sd15", { num_inference_steps: 50, guidance_scale: 7.5 }],
  ["lcm", "sd-turbo", "lcm", { num_inference_steps: 4, guidance_scale: 8.5 }],
  ["lcm", "bge-small-en-v1.5", "lcm", { num_inference_steps: 4, guidance_scale: 8.5 }],
])("%s launched as %s is served as what its files are: %s", async (model, id, family, defaults) => {
  expect(await infoOf(join(root, model), { id })).toMatchObject({ family, info: { defaults } });
});

test("a folder that is called sd-turbo and holds another model is served as what it holds", async () => {
  const folder = await copied("sd15-f16", "elsewhere/sd-turbo");
  expect(await infoOf(folder)).toMatchObject({ family: "sd15" });
});

test("a launch tells people what its model can draw, and one that does not says nothing", async () => {
  const words = { about: "Draws foxes.", examples: ["a red fox", "a fox in the snow"] };
  expect(await infoOf(join(root, "lcm"), { options: words })).toMatchObject({ info: words });
  const { info } = await infoOf(join(root, "lcm"));
  expect(JSON.parse(JSON.stringify(info))).not.toHaveProperty("about");
});

test("Stable Diffusion 1.5 is known by its name and by both its repositories", () => {
  const names = (sd15.checkpoints ?? []).flatMap(({ name, repo, aliases = [] }) => [
    name,
    repo,
    ...aliases,
  ]);
  expect(names).toContain("runwayml/stable-diffusion-v1-5");
});

describe("a component with several files", () => {
  const unet = "unet/diffusion_pytorch_model";

  test("is read from the plain one, or from the variant that the launch names", async () => {
    const folder = await copied("sd21", "variants");
    await cp(
      join(root, "sd15-f16", `${unet}.fp16.safetensors`),
      join(folder, `${unet}.fp16.safetensors`),
    );
    expect(await infoOf(folder)).toMatchObject({ state: "ready" });
    // The variant here is another model's, so the failure shows that it was opened.
    const refused = await infoOf(folder, { options: { variant: "fp16" } });
    expect(refused.reason).toMatch(/shape|\[/);
  });

  test("is read from shards by their index, a variant's too", async () => {
    for (const dotted of ["", ".fp16"]) {
      const folder = await copied("sd21", `sharded${dotted}`);
      const shard = `diffusion_pytorch_model${dotted}-00001-of-00001.safetensors`;
      await rename(join(folder, `${unet}.safetensors`), join(folder, "unet", shard));
      const names = (await namesIn(folder, `unet/${shard}`)).map((name) => [name, shard]);
      const index = JSON.stringify({ weight_map: Object.fromEntries(names) });
      await writeFile(join(folder, `${unet}.safetensors.index${dotted}.json`), index);
      expect(await infoOf(folder)).toMatchObject({ state: "ready" });
    }
  });

  test("is refused where a file has the ending of another format, with the reason", async () => {
    const folder = await copied("sd21", "renamed");
    await rename(join(folder, `${unet}.safetensors`), join(folder, `${unet}.bin`));
    expect((await infoOf(folder)).reason).toMatch(
      /diffusion_pytorch_model\.bin" is a file of safetensors, and not of PyTorch's\./,
    );
  });
});

test("weights of the autoencoder's encoder are not logged as unused", async () => {
  const warned: unknown[] = [];
  const kernel: Kernel = await createKernel({
    plugins: [diffusion()],
    models: [{ id: "model", source: join(root, "sd21") }],
    provides: [provide(logger, () => ({ ...silent, warn: (facts) => warned.push(facts) }))],
  });
  await kernel[Symbol.asyncDispose]();
  expect(warned).toEqual([]);
});

test("an unknown launch option is refused by name", async () => {
  const info = await infoOf(join(root, "sd21"), { options: { dtype: "fp16" } });
  expect(info).toMatchObject({ state: "failed", reason: expect.stringContaining("dtype") });
});

test("a launch option size that the model cannot draw is refused with the nearest", async () => {
  const info = await infoOf(join(root, "sd21"), { options: { size: "100x64" } });
  expect(info).toMatchObject({
    state: "failed",
    reason: expect.stringMatching(/size: .* divisible by 8, "100x64" is not. Nearest: "104x64"/),
  });
});

test("the server's limits and the launch's are among a model's facts", async () => {
  const models = [{ id: "model", source: join(root, "sd21"), options: { max_side: 1024 } }];
  const kernel = await createKernel({ plugins: [diffusion({ maxPixelSteps: 5e8 })], models });
  const { info } = kernel.models()[0]!;
  await kernel[Symbol.asyncDispose]();
  expect(info).toMatchObject({ max_side: 1024, max_pixel_steps: 5e8 });
});

test("a launch whose own size is beyond its limits is refused", async () => {
  const info = await infoOf(join(root, "sd21"), { options: { size: "256x128", max_side: 128 } });
  expect(info).toMatchObject({
    state: "failed",
    reason: expect.stringMatching(/defaults beyond its limits: width is 256; .* 128 pixels/),
  });
});

describe("the promises of every plugin", async () => {
  const folder = await mkdtemp(join(tmpdir(), "kindred-checks-"));
  await writeFolder(folder, models["sd-turbo"]!);
  afterAll(() => rm(folder, { recursive: true }));
  const input = { prompt: "a fox", seed: 1 };
  const invalidInput = { prompt: "a fox", clipSkip: 99 };
  const bodies = {
    "/v1/images/generations": { prompt: "a fox", n: 2, stream: true, partial_images: 1, seed: -1 },
  };
  const options = { plugin: diffusion(), model: folder, input, invalidInput, bodies };
  for (const { name, run } of pluginChecks(options)) test(name, run);
});

/** Names of the tensors in a .safetensors file. */
async function namesIn(folder: string, file: string): Promise<readonly string[]> {
  return (await openSafetensors(folder, file)).names;
}
