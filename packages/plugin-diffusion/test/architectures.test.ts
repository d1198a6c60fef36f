import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createKernel, openModelFolder } from "@kindred/core";
import type { ModelInfo } from "@kindred/core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { asModelFamily, diffusion } from "../src/index.ts";
import { sd15, sdTurbo } from "./model-families.ts";
import { models } from "./pictures/golden.ts";
import { writeFolder } from "./pictures/synthetic-folder.ts";

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "kindred-architectures-"));
  for (const name of ["sd21", "sd-turbo"]) await writeFolder(join(root, name), models[name]!);
});
afterAll(() => rm(root, { recursive: true }));

/** A copy of the Stable Diffusion 2.1 folder, with one of its files replaced. */
async function changed(name: string, file: string, content: object): Promise<string> {
  await cp(join(root, "sd21"), join(root, name), { recursive: true });
  await writeFile(join(root, name, file), JSON.stringify(content));
  return join(root, name);
}

/** The model as it is launched from this folder, as one of this family if any. */
async function launched(source: string, family?: string): Promise<ModelInfo> {
  await using kernel = await createKernel({
    plugins: [diffusion()],
    models: [{ id: "model", source, ...(family && { family }) }],
  });
  return kernel.models()[0]!;
}

test.each([
  "StableDiffusionXLPipeline",
  "StableDiffusionXLImg2ImgPipeline",
  "StableDiffusion3Pipeline",
  "StableDiffusionControlNetPipeline",
  "StableDiffusionPipelineSafe",
  "AltDiffusionPipeline",
  "FluxPipeline",
  "constructor",
  "__proto__",
  "PixArtAlphaPipeline",
])("a %s is no family's, and says so when the launch names one", async (pipeline) => {
  const folder = await changed(pipeline, "model_index.json", { _class_name: pipeline });
  const model = await openModelFolder(folder);
  expect([sd15.match(model), sdTurbo.match(model)]).toEqual([false, false]);
  for (const family of ["sd15", "sd-turbo"]) {
    const { state, reason } = await launched(folder, family);
    expect(state).toBe("failed");
    expect(reason).toContain(`"model" is a ${pipeline}. Family "${family}" serves`);
    expect(reason).toContain("StableDiffusionPipeline, ORTStableDiffusionPipeline");
    expect(reason).not.toContain("#");
  }
});

test.each([
  "StableDiffusionImg2ImgPipeline",
  "StableDiffusionInpaintPipeline",
  "StableDiffusionInpaintPipelineLegacy",
  "CycleDiffusionPipeline",
  "ORTStableDiffusionInpaintPipeline",
])("a %s of the same components is served", async (_class_name) => {
  const folder = await changed(_class_name, "model_index.json", { _class_name });
  expect(await launched(folder)).toMatchObject({
    family: "sd15",
    state: "ready",
    info: { model_ability: ["text2image", "image2image", "inpainting"] },
  });
});

test.each([
  ["text_encoder", "model_type", "xlm-roberta", "text encoder"],
  ["unet", "_class_name", "UNet3DConditionModel", "UNet"],
  ["vae", "_class_name", "AutoencoderTiny", "autoencoder"],
])("a folder whose %s has the %s %s is refused by that name", async (part, field, value, what) => {
  const file = `${part}/config.json`;
  const config = { ...models["sd21"]!.files[file], [field]: value };
  const { state, reason } = await launched(await changed(`foreign-${part}`, file, config));
  expect(state).toBe("failed");
  expect(reason).toContain(`is a StableDiffusionPipeline, but its ${what} is a ${value}`);
});

test("a Latent Consistency Model whose UNet takes no guidance is refused by the field", async () => {
  const _class_name = "LatentConsistencyModelPipeline";
  const folder = await changed("no-guidance", "model_index.json", { _class_name });
  expect((await launched(folder)).reason).toContain("its UNet has no time_cond_proj_dim");
});

test.each([undefined, "sd15"])(
  "a UNet that takes neither latents nor what inpainting needs is refused with both numbers (launched as %s)",
  async (family) => {
    const config = { ...models["sd21"]!.files["unet/config.json"], in_channels: 5 };
    const folder = await changed(`five-${family}`, "unet/config.json", config);
    const { reason } = await launched(folder, family);
    expect(reason).toMatch(/is a StableDiffusionPipeline, .* takes 5 channels, .* have 4/);
  },
);

test("a folder that does not say its pipeline is refused", async () => {
  const folder = await changed("silent", "model_index.json", {});
  const { reason } = await launched(folder, "sd15");
  expect(reason).toMatch(/^"model" does not say its pipeline in model_index.json/);
});

test("sd15 could serve any Stable Diffusion, sd-turbo recognises its own", async () => {
  const claims = async (name: string) => {
    const model = await openModelFolder(join(root, name));
    return [sd15.match(model), sdTurbo.match(model)];
  };
  expect(await claims("sd21")).toEqual(["able", false]);
  expect(await claims("sd-turbo")).toEqual(["able", "own"]);
  expect(await launched(join(root, "sd-turbo"))).toMatchObject({ family: "sd-turbo" });
  expect(await launched(join(root, "sd-turbo"), "sd15")).toMatchObject({ family: "sd15" });
});

test.each([
  ["sd21", "own"],
  ["sd-turbo", "exact"],
] as const)(
  "somebody's own family is a few facts, and takes the folder %s as %s",
  async (folder, claim) => {
    const foxes = asModelFamily({
      name: "foxes",
      match: ({ names }) => names.includes(folder) && claim,
      defaults: { steps: 9, guidance: 3 },
    });
    await using kernel = await createKernel({
      plugins: [diffusion(), { contract: 1, name: "foxes", families: [foxes] }],
      models: [{ id: "model", source: join(root, folder) }],
    });
    expect(kernel.models()[0]).toMatchObject({
      family: "foxes",
      info: { defaults: { num_inference_steps: 9, guidance_scale: 3 } },
    });
  },
);
