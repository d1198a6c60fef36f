import { cp, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createKernel, logger, openModelFolder, provide, silent } from "@kindred/core";
import type { Kernel, Launch, ModelInfo } from "@kindred/core";
import { openSafetensors } from "@kindred/core/onnx";
import { pluginChecks } from "@kindred/core/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sd15 } from "../src/families/sd15.ts";
import { sdTurbo } from "../src/families/sd-turbo.ts";
import { diffusion } from "../src/index.ts";
import { models } from "./pictures/golden.ts";
import { writeFolder } from "./pictures/synthetic-folder.ts";

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "kindred-family-"));
  for (const name of ["sd15-f16", "sd21", "sd-turbo"])
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
])("%s is %s by its files, with that family's defaults", async (model, family, defaults, size) => {
  expect(await infoOf(join(root, model))).toMatchObject({
    family,
    state: "ready",
    info: { model_type: "image", model_ability: ["text2image"], defaults, size },
  });
});

test("a folder of another pipeline is nobody's", async () => {
  const folder = await copied("sd21", "sdxl");
  await writeFile(
    join(folder, "model_index.json"),
    '{ "_class_name": "StableDiffusionXLPipeline" }',
  );
  const model = await openModelFolder(folder);
  expect([sd15.match(model), sdTurbo.match(model)]).toEqual([false, false]);
});

test("a checkpoint's name and its repositories say the family", () => {
  const names = (sd15.checkpoints ?? []).flatMap(({ name, repo, aliases = [] }) => [
    name,
    repo,
    ...aliases,
  ]);
  expect(names).toContain("runwayml/stable-diffusion-v1-5");
});

describe("of several files of a component", () => {
  const unet = "unet/diffusion_pytorch_model";

  test("the plain one is taken, or the one that the launch names", async () => {
    const folder = await copied("sd21", "variants");
    await cp(
      join(root, "sd15-f16", `${unet}.fp16.safetensors`),
      join(folder, `${unet}.fp16.safetensors`),
    );
    expect(await infoOf(folder)).toMatchObject({ state: "ready" });
    // It is another model's, which tells that it was opened.
    const refused = await infoOf(folder, { options: { variant: "fp16" } });
    expect(refused.reason).toMatch(/shape|\[/);
  });

  test("a sharded one is found by its index, of a variant too", async () => {
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

  test("a pickle alone is refused, saying why", async () => {
    const folder = await copied("sd21", "pickled");
    await rename(join(folder, `${unet}.safetensors`), join(folder, `${unet}.bin`));
    expect((await infoOf(folder)).reason).toMatch(
      /no unet\/diffusion_pytorch_model.safetensors .*pickle/,
    );
  });
});

test("a UNet for inpainting is refused with both numbers", async () => {
  const folder = await copied("sd21", "inpainting");
  const config = { ...models["sd21"]!.files["unet/config.json"], in_channels: 9 };
  await writeFile(join(folder, "unet/config.json"), JSON.stringify(config));
  expect((await infoOf(folder)).reason).toMatch(/takes 9 channels, .* have 4/);
});

test("weights that no graph asks for are logged, those of the picture's encoder are not", async () => {
  const warned: unknown[] = [];
  const kernel: Kernel = await createKernel({
    plugins: [diffusion()],
    models: [{ id: "model", source: join(root, "sd21") }],
    provides: [provide(logger, () => ({ ...silent, warn: (facts) => warned.push(facts) }))],
  });
  await kernel[Symbol.asyncDispose]();
  expect(warned).toEqual([]);
});

test("a launch option that there is none of is refused", async () => {
  const info = await infoOf(join(root, "sd21"), { options: { dtype: "fp16" } });
  expect(info).toMatchObject({ state: "failed", reason: expect.stringContaining("dtype") });
});

describe("what every plugin promises", async () => {
  const folder = await mkdtemp(join(tmpdir(), "kindred-checks-"));
  await writeFolder(folder, models["sd-turbo"]!);
  afterAll(() => rm(folder, { recursive: true }));
  const input = { prompt: "a fox", seed: 1 };
  for (const { name, run } of pluginChecks({ plugin: diffusion(), model: folder, input }))
    test(name, run);
});

/** Of a .safetensors file. */
async function namesIn(folder: string, file: string): Promise<readonly string[]> {
  return (await openSafetensors(folder, file)).names;
}
