import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  budgetAllocator,
  createKernel,
  deviceAllocator,
  graphRuntime,
  provide,
} from "@kindred/core";
import type { CallState, Kernel } from "@kindred/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { diffusion, image } from "../src/index.ts";
import type { ImageRequest, Pictures } from "../src/index.ts";
import { fakeGraphs } from "./fake-graphs.ts";
import { models } from "./pictures/golden.ts";
import { writeFolder } from "./pictures/synthetic-folder.ts";
import { drawWith, standInModel, states } from "./stand-in-model.ts";

const pixels = { rgb: new Uint8Array(3), width: 1, height: 1 };

/** Requests that this checkpoint cannot draw, by the field at fault. */
const refused: readonly (readonly [string, string, Partial<ImageRequest>])[] = [
  ["width", "INVALID_INPUT", { width: 100 }],
  ["height", "INVALID_INPUT", { height: 0 }],
  ["width", "INVALID_INPUT", { width: 80_000 }],
  ["height", "INVALID_INPUT", { width: 8, height: 99_992 }],
  ["width", "INVALID_INPUT", { width: 2048, height: 2048 }],
  ["steps", "INVALID_INPUT", { width: 1024, height: 1024, steps: 2000 }],
  ["count", "INVALID_INPUT", { width: 1024, height: 1024, steps: 100, count: 100 }],
  ["steps", "INVALID_INPUT", { steps: 10_000 }],
  ["steps", "INVALID_INPUT", { steps: 1000, sampler: "DDIM" }],
  ["steps", "INVALID_INPUT", { steps: 51, sampler: "LCM" }],
  ["sampler", "INVALID_INPUT", { sampler: "Eulerian" }],
  ["sampler", "UNSUPPORTED", { sampler: "FlowMatchEuler" }],
  ["clipSkip", "INVALID_INPUT", { clipSkip: 4 }],
  ["prompt", "INVALID_INPUT", { prompt: "a ".repeat(600) }],
  ["negativePrompt", "INVALID_INPUT", { negativePrompt: "a ".repeat(600) }],
  ["mask", "INVALID_INPUT", { mask: pixels }],
  ["mask", "INVALID_INPUT", { image: pixels, mask: { ...pixels, width: 1, height: 2 } }],
  ["mask", "INVALID_INPUT", { image: pixels, mask: pixels }],
  ["strength", "INVALID_INPUT", { strength: 0.5 }],
  ["strength", "INVALID_INPUT", { image: pixels, strength: 0 }],
  ["maskBlur", "INVALID_INPUT", { image: pixels, maskBlur: 2 }],
  ["control", "UNSUPPORTED", { control: [{ image: pixels }] }],
];

describe("while another picture is drawn", () => {
  let folder: string;
  let kernel: Kernel;
  let drawing: Promise<Pictures>;
  let release: () => void;
  const fake = fakeGraphs();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "kindred-prepare-"));
    await writeFolder(folder, models["sd15-short"]!);
    kernel = await createKernel({
      plugins: [diffusion()],
      models: [{ id: "sd", source: folder, options: { vae_tiling: false } }],
      provides: [
        provide(graphRuntime, () => fake.runtime),
        provide(deviceAllocator, () => budgetAllocator({ memory: 1e9, threads: 1 })),
      ],
    });
    const holding = fake.hold();
    drawing = kernel.run(image, "sd", { prompt: "a fox", width: 32, height: 64, steps: 3 });
    ({ release } = await holding);
  });
  afterAll(async () => {
    release();
    await drawing;
    await kernel[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  test.each(refused)(
    "a request is refused at once for its %s (%s), opens and runs no graph and takes no place in the queue",
    async (param, code, change) => {
      const before = [...fake.runtime.log];
      const heard: CallState[] = [];
      const asked = { prompt: "a hare", width: 32, height: 64, guidance: 5, ...change };
      const run = kernel.run(image, "sd", asked, { onState: (state) => heard.push(state) });
      await expect(run).rejects.toMatchObject({ code, param });
      expect(fake.runtime.log).toEqual(before);
      expect(heard).toEqual([]);
      expect(kernel.models()[0]).toMatchObject({ waiting: 0 });
    },
  );
});

test("prompts are tokenised once, before any of them is encoded", async () => {
  const log: string[] = [];
  const model = standInModel({
    prompts: {
      async tokenize({ prompt }) {
        log.push(`tokenize ${prompt}`);
        const encode = async () => {
          log.push(`encode ${prompt}`);
          return { prompt: { text: states(0.5) }, negative: { text: states(0.25) } };
        };
        return { tokens: 2, encode };
      },
    },
  });
  await drawWith(model, { prompt: "a fox", count: 2 });
  expect(log).toEqual(["tokenize a fox", "encode a fox"]);
});
