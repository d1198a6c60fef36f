import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createKernel, logger, provide, silent } from "@kindred/core";
import type { Kernel, Launch } from "@kindred/core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { diffusion, image } from "../../src/index.ts";
import type { ImageRequest } from "../../src/index.ts";
import { stableDiffusion } from "../pictures/golden.ts";
import { expectSame, mutated, tolerance } from "../pictures/deviation.ts";
import type { Difference } from "../pictures/golden.ts";
import { cases, writeCase } from "./golden.ts";

let root: string;
let kernel: Kernel;
const logged: object[] = [];

/** Files that are known by their names. */
const publishedNames: Readonly<Record<string, string>> = {
  "sd-turbo": "sd_turbo",
  "sdxl-turbo": "sd_xl_turbo_1.0",
};

function fileOf(name: string): string {
  return join(root, `${publishedNames[name] ?? name}.safetensors`);
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "kindred-single-file-"));
  for (const name of Object.keys(cases)) await writeCase(fileOf(name), name);
  const info = (facts: object) => logged.push(facts);
  kernel = await createKernel({
    plugins: [diffusion()],
    models: Object.keys(cases).map((name) => ({ id: `my-${name}`, source: fileOf(name) })),
    provides: [provide(logger, () => ({ ...silent, warn: info, info }))],
  });
});

afterAll(async () => {
  await kernel?.[Symbol.asyncDispose]();
  await rm(root, { recursive: true });
});

async function deviate(
  id: string,
  name: string,
  change: Partial<ImageRequest> = {},
): Promise<Difference> {
  const drawn = await kernel.run(image, id, { ...cases[name]!.request, ...change });
  return stableDiffusion.difference(drawn.pictures[0]!, `../single-file/${name}.png`);
}

test.each(Object.keys(cases))(
  "the file %s draws what diffusers' from_single_file draws",
  async (name) => {
    expectSame(await deviate(`my-${name}`, name));
  },
);

test.each([
  ["sd15", "sd15", { num_inference_steps: 50, guidance_scale: 7.5 }, "512x512"],
  ["sd15-f16", "sd15", { num_inference_steps: 50, guidance_scale: 7.5 }, "512x512"],
  ["sd21-velocity", "sd15", { num_inference_steps: 50, guidance_scale: 7.5 }, "768x768"],
  ["sd21-epsilon", "sd15", { num_inference_steps: 50, guidance_scale: 7.5 }, "512x512"],
  ["sd-turbo", "sd-turbo", { num_inference_steps: 1, guidance_scale: 0 }, "512x512"],
  ["sdxl", "sdxl", { num_inference_steps: 50, guidance_scale: 5 }, "1024x1024"],
  ["sdxl-absent", "sdxl", { num_inference_steps: 50, guidance_scale: 5 }, "1024x1024"],
  ["sdxl-f16", "sdxl", { num_inference_steps: 50, guidance_scale: 5 }, "1024x1024"],
  ["sdxl-velocity", "sdxl", { num_inference_steps: 50, guidance_scale: 5 }, "1024x1024"],
  ["sdxl-turbo", "sdxl-turbo", { num_inference_steps: 1, guidance_scale: 0 }, "512x512"],
])(
  "%s is served by %s, with that family's defaults and its own size",
  (name, family, defaults, size) => {
    expect(kernel.model(image, `my-${name}`)).toMatchObject({
      family,
      state: "ready",
      info: { defaults, size },
    });
  },
);

test("an XL file is guided away from nothing where no negative prompt is sent, as its folder is", async () => {
  const { mean } = await deviate("my-sdxl-absent", "sdxl-absent", { negativePrompt: "" });
  expect(mean).toBeGreaterThan(mutated);
});

test("what the weights tell is logged, and no weight is left unused", () => {
  const facts = { version: 2, prediction: "v_prediction", file: "sd21-velocity.safetensors" };
  expect(logged).toContainEqual(expect.objectContaining(facts));
  const others = { version: 2, prediction: "epsilon", file: "sd21-epsilon.safetensors" };
  expect(logged).toContainEqual(expect.objectContaining(others));
  expect(logged.filter((each) => "weights" in each)).toEqual([]);
});

/** Launches another model, and gives its worst difference from a case's picture. */
async function launched(launch: Launch, name: string): Promise<number> {
  const info = await kernel.load(launch);
  expect(info).toMatchObject({ state: "ready" });
  const { mean } = await deviate(launch.id, name);
  await kernel.unload(launch.id);
  return mean;
}

test.each(["sd21-velocity", "sdxl-velocity"])("a launch may say what %s predicts", async (name) => {
  const source = fileOf(name);
  const options = { prediction_type: "epsilon" };
  expect(await launched({ id: `epsilon-${name}`, source, options }, name)).toBeGreaterThan(mutated);
});

test("a folder that holds one file is the same model, and its own configs win", async () => {
  const folder = join(root, "folder");
  await mkdir(join(folder, "scheduler"), { recursive: true });
  await rename(fileOf("sd15"), join(folder, "model.safetensors"));
  expect(await launched({ id: "folder", source: folder }, "sd15")).toBeLessThan(tolerance.mean);
  const schedule = { _class_name: "EulerDiscreteScheduler", beta_schedule: "linear" };
  await writeFile(join(folder, "scheduler/scheduler_config.json"), JSON.stringify(schedule));
  expect(await launched({ id: "own", source: folder }, "sd15")).toBeGreaterThan(mutated);
});

test("SD-Turbo is known by its file's name in a folder of another name, too", async () => {
  const folder = join(root, "downloads");
  await mkdir(folder);
  await rename(fileOf("sd-turbo"), join(folder, "sd_turbo.safetensors"));
  const info = await kernel.load({ id: "in-folder", source: folder });
  expect(info).toMatchObject({
    family: "sd-turbo",
    info: { defaults: { num_inference_steps: 1 } },
  });
  await rename(join(folder, "sd_turbo.safetensors"), fileOf("sd-turbo"));
});

test("a file of Stable Diffusion 1 launched as sd-turbo is served as what it is", async () => {
  const source = fileOf("sd15-f16");
  expect(await kernel.load({ id: "stabilityai/sd-turbo", source })).toMatchObject({
    family: "sd15",
    info: { defaults: { num_inference_steps: 50 } },
  });
});

test("SD-Turbo under another name is served as Stable Diffusion 2, and as SD-Turbo when a launch says so", async () => {
  const source = join(root, "unknown.safetensors");
  await rename(fileOf("sd-turbo"), source);
  const plain = await kernel.load({ id: "plain", source });
  expect(plain).toMatchObject({ family: "sd15", info: { size: "512x512" } });
  const turbo = { id: "turbo", source, family: "sd-turbo" };
  expect(await launched(turbo, "sd-turbo")).toBeLessThan(tolerance.mean);
  expect(await kernel.load({ id: "sd-turbo", source })).toMatchObject({ family: "sd-turbo" });
});
