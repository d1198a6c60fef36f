import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createKernel, logger, provide, silent } from "@kindred/core";
import type { ModelInfo } from "@kindred/core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { schedulerConfig } from "../src/components/scheduler-config.ts";
import { diffusion } from "../src/index.ts";
import { sd15 } from "./model-families.ts";
import { listing, stableDiffusion15 } from "./listings.ts";
import { models } from "./pictures/golden.ts";
import { writeFolder } from "./pictures/synthetic-folder.ts";

const settings = { _class_name: "PNDMScheduler", steps_offset: 1 };

function folder(scheduler: unknown, config: object = settings) {
  return listing("sd", stableDiffusion15.files, {
    "model_index.json": { _class_name: "StableDiffusionPipeline", scheduler },
    "scheduler/scheduler_config.json": config,
  });
}

test("the class is model_index.json's, the settings are scheduler_config.json's", () => {
  const named = ["diffusers", "EulerDiscreteScheduler"];
  expect(schedulerConfig(folder(named))).toEqual({
    _class_name: "EulerDiscreteScheduler",
    steps_offset: 1,
  });
  expect(schedulerConfig(folder(named, { steps_offset: 1 }))).toEqual(
    schedulerConfig(folder(named)),
  );
});

test("the class of the settings counts when model_index.json names no scheduler", () => {
  expect(schedulerConfig(folder(undefined))).toEqual(settings);
});

test.each([
  [["diffusers", "NoSuchScheduler"]],
  [["diffusers", "constructor"]],
  [["diffusers", "__proto__"]],
  [["my_schedulers", "EulerDiscreteScheduler"]],
  [["transformers", "CLIPTextModel"]],
  [[null, null]],
  ["EulerDiscreteScheduler"],
])(
  "the scheduler %j of model_index.json is refused by name, before anything is fetched",
  (named) => {
    expect(() => sd15.files!(folder(named), {})).toThrow(
      expect.objectContaining({
        code: "LOAD_FAILED",
        message: expect.stringContaining(`names the scheduler ${JSON.stringify(named)}`),
      }),
    );
  },
);

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "kindred-schedulers-"));
  await writeFolder(join(root, "sd21"), models["sd21"]!);
});
afterAll(() => rm(root, { recursive: true }));

/** The model with these settings of its scheduler, and what was logged. */
async function launched(name: string, schedule: object, named?: string) {
  const source = join(root, name);
  await cp(join(root, "sd21"), source, { recursive: true });
  const { "model_index.json": index, "scheduler/scheduler_config.json": own } =
    models["sd21"]!.files;
  const scheduler = named ? ["diffusers", named] : index.scheduler;
  await writeFile(join(source, "model_index.json"), JSON.stringify({ ...index, scheduler }));
  const file = join(source, "scheduler/scheduler_config.json");
  await writeFile(file, JSON.stringify({ ...own, ...schedule }));
  const warned: any[] = [];
  await using kernel = await createKernel({
    plugins: [diffusion()],
    models: [{ id: "model", source }],
    provides: [provide(logger, () => ({ ...silent, warn: (facts) => warned.push(facts) }))],
  });
  return { info: kernel.models()[0] as ModelInfo, warned };
}

test("settings that are not sound fail the launch, not the first request", async () => {
  const { info } = await launched("damaged", { beta_start: "0.00085" });
  expect(info).toMatchObject({ state: "failed", reason: expect.stringContaining("beta_start") });
});

test.each([
  ["a setting", { thresholding: true }, undefined, "thresholding"],
  ["a class", {}, "TCDScheduler", "TCDScheduler"],
])(
  "%s of diffusers that is not served is logged at launch; requests may name a sampler",
  async (_, schedule, named, found) => {
    const { info, warned } = await launched(found, schedule, named);
    expect(info.state).toBe("ready");
    expect(warned).toEqual([{ model: "model", reason: expect.stringContaining(found) }]);
  },
);
