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
import type { Kernel } from "@kindred/core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { diffusion, image } from "../src/index.ts";
import type { DiffusionOptions, ImageEvent, ImageRequest, Pictures } from "../src/index.ts";
import { fakeGraphs } from "./fake-graphs.ts";
import type { FakeGraphs } from "./fake-graphs.ts";
import { models } from "./pictures/golden.ts";
import { writeFolder } from "./pictures/synthetic-folder.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kindred-pipeline-"));
  await writeFolder(folder, models["sd15-short"]!);
});
afterAll(() => rm(folder, { recursive: true }));

let fake: FakeGraphs;
let kernel: Kernel;

async function open(options: DiffusionOptions = {}): Promise<void> {
  fake = fakeGraphs();
  kernel = await createKernel({
    plugins: [diffusion()],
    models: [{ id: "sd", source: folder, options: { ...options } }],
    provides: [
      provide(graphRuntime, () => fake.runtime),
      provide(deviceAllocator, () => budgetAllocator({ memory: 1e9, threads: 1 })),
    ],
  });
}

beforeEach(() => open());
afterEach(() => kernel[Symbol.asyncDispose]());

const fox: ImageRequest = {
  prompt: "a fox",
  width: 32,
  height: 64,
  steps: 3,
  guidance: 5,
  seed: 1,
};

function run(
  change: Partial<ImageRequest> = {},
  onEvent?: (event: ImageEvent) => void,
): Promise<Pictures> {
  return kernel.run(image, "sd", { ...fox, ...change }, onEvent && { onEvent });
}

function rgb({ pictures }: Pictures): readonly Uint8Array[] {
  return pictures.map((picture) => picture.rgb);
}

test("each step is an event, counted over all pictures", async () => {
  const events: ImageEvent[] = [];
  await run({ count: 2, sampler: "Euler" }, (event) => events.push(event));
  expect(events).toEqual([1, 2, 3, 4, 5, 6].map((done) => ({ done, total: 6 })));
});

test("picture i of n is the picture of seed + i", async () => {
  const both = await run({ count: 2 });
  expect(both.pictures.map(({ seed }) => seed)).toEqual([1, 2]);
  expect(rgb(both)).toEqual([...rgb(await run()), ...rgb(await run({ seed: 2 }))]);
});

test("a request without a seed gets a random one, which draws the same picture again", async () => {
  const { seed: _, ...silent } = fox;
  const drawn = await kernel.run(image, "sd", silent);
  const [{ seed } = { seed: -1 }] = drawn.pictures;
  expect(rgb(await run({ seed }))).toEqual(rgb(drawn));
});

test("a request without settings has the checkpoint's", async () => {
  const { pictures, settings } = await kernel.run(image, "sd", { prompt: "", steps: 1, seed: 1 });
  expect(settings).toMatchObject({
    width: 512,
    height: 512,
    guidance: 7.5,
    sampler: "PNDMScheduler",
  });
  expect(pictures[0]).toMatchObject({ width: 512, height: 512 });
  const [{ info } = {}] = kernel.models();
  expect(info).toMatchObject({ size: "512x512", defaults: { num_inference_steps: 50 } });
  expect(info?.["samplers"]).not.toContain("FlowMatchEuler");
});

describe("a launch with defaults of its own, and enlarge", () => {
  beforeEach(async () => {
    await kernel[Symbol.asyncDispose]();
    await open({ steps: 2, guidance: 1, size: "1024x512", enlarge: true });
  });

  test("draws as many pixels as the UNet was trained at, in the asked shape", async () => {
    const output = await kernel.run(image, "sd", { prompt: "", sampler: "Euler", previews: 1 });
    expect(fake.steps.map(([sample]) => sample)).toEqual(Array(2).fill([1, 4, 45, 91]));
    expect(output.drawn).toEqual({ width: 728, height: 360 });
    expect(output.settings).toMatchObject({ width: 1024, height: 512, steps: 2, guidance: 1 });
    const [{ rgb, ...size } = { rgb: "" }] = output.pictures;
    expect(size).toMatchObject({ width: 1024, height: 512 });
    expect(rgb).toHaveLength(3 * 1024 * 512);
  });

  test("has both sizes in its info, and one alone in a picture of the UNet's own size", async () => {
    const [{ info } = {}] = kernel.models();
    expect(info).toMatchObject({ size: "1024x512", drawn_size: "512x512" });
    expect((await run({ width: 512, height: 512 })).drawn).toBeUndefined();
  });

  test("refuses what is larger than it enlarges to", async () => {
    await expect(run({ height: 2056 })).rejects.toMatchObject({
      code: "INVALID_INPUT",
      param: "height",
      message: expect.stringMatching(/2056.*2048x2048/),
    });
  });
});

test("guidance of 1 or less runs the denoiser over the prompt alone", async () => {
  await run({ guidance: 1, sampler: "Euler" });
  expect(fake.steps).toEqual(
    Array(3).fill([
      [1, 4, 8, 4],
      [1, 20, 48],
    ]),
  );
});

test("guidance runs the denoiser over both texts in a batch of two", async () => {
  await run({ sampler: "Euler" });
  expect(fake.steps).toEqual(
    Array(3).fill([
      [2, 4, 8, 4],
      [2, 20, 48],
    ]),
  );
});

test("more pixels than the device's memory holds are refused with the numbers, before any graph is opened", async () => {
  await kernel[Symbol.asyncDispose]();
  await open({ max_side: 80_000, vae_tiling: false });
  await expect(run({ width: 80_000 })).rejects.toMatchObject({
    code: "INVALID_INPUT",
    param: "width",
    message: expect.stringMatching(/80000x64 pixels need [\d.]+ GB .* cpu has 1 GB/),
  });
  expect(fake.runtime.log).toEqual([]);
});

test("a message about clipSkip calls it clip_skip, as clients do", async () => {
  await expect(run({ clipSkip: 4 })).rejects.toThrow(/^clip_skip is 4; /);
});

const long =
  "a red apple on a blue table under a green tree by the sea, and a house in the mountains";

test("prompts that differ only beyond the tokenizer's length give different pictures", async () => {
  const one = await run({ prompt: `${long} at night`, sampler: "Euler" });
  const other = await run({ prompt: `${long} at noon`, sampler: "Euler" });
  expect(rgb(one)).not.toEqual(rgb(other));
  expect(one.promptTokens).toBeGreaterThan(20);
});

test("a prompt that is cut is the prompt of one window, and the answer says what was kept", async () => {
  const cut = await run({ prompt: long, promptTruncate: true, sampler: "Euler" });
  expect(fake.steps.every(([, states]) => states![1] === 20)).toBe(true);
  const [{ tokens } = { tokens: 0 }] = cut.cut ?? [];
  expect(cut.cut).toEqual([{ field: "prompt", tokens, kept: 18 }]);
  expect(tokens).toBeGreaterThan(18);
  expect(cut.promptTokens).toBe(20);
  const other = await run({
    prompt: `${long} at night`,
    promptTruncate: true,
    sampler: "Euler",
  });
  expect(rgb(other)).toEqual(rgb(cut));
  expect((await run({ promptTruncate: true })).cut).toEqual([]);
});

test("a negative prompt is cut alike, and any prompt that is too long for windows", async () => {
  const endless = "a ".repeat(600);
  const { cut } = await run({ prompt: endless, negativePrompt: long, promptTruncate: true });
  expect(cut?.map(({ field }) => field)).toEqual(["prompt", "negativePrompt"]);
  await expect(run({ prompt: endless })).rejects.toThrow(/600 tokens.*prompt_truncate: true/);
});

test("a launch may have prompts cut, and a request may take windows then", async () => {
  await kernel[Symbol.asyncDispose]();
  await open({ prompt_truncate: true });
  expect((await run({ prompt: long })).cut).toHaveLength(1);
  expect((await run({ prompt: long, promptTruncate: false })).cut).toEqual([]);
});

test("prompt and negative prompt have the same number of windows, that of the longer one", async () => {
  await run({ prompt: long, steps: 1 });
  await run({ negativePrompt: long, steps: 1 });
  const sequences = fake.steps.map(([, states]) => states![1]);
  expect(new Set(sequences).size).toBe(1);
  expect(sequences[0]! % 20).toBe(0);
  expect(sequences[0]).toBeGreaterThan(20);
});

test("a prompt is encoded once for the pictures that follow each other", async () => {
  await run();
  const runs = () => fake.runtime.log.filter((line) => line === "run text_encoder").length;
  expect(runs()).toBe(2);
  await run({ seed: 2 });
  expect(runs()).toBe(2);
  await run({ clipSkip: 1 });
  expect(runs()).toBe(3);
});

test("an aborted request ends after the step under way", async () => {
  const controller = new AbortController();
  const events: ImageEvent[] = [];
  const drawing = kernel.run(image, "sd", fox, {
    signal: controller.signal,
    onEvent(event) {
      events.push(event);
      controller.abort();
    },
  });
  await expect(drawing).rejects.toMatchObject({ code: "ABORTED" });
  expect(events).toHaveLength(1);
  expect(fake.runtime.log.filter((line) => line === "run unet")).toHaveLength(1);
  expect(fake.runtime.log).not.toContain("run vae_decoder");
});

test("a request that goes away while it waits never starts", async () => {
  const controller = new AbortController();
  const holding = fake.hold();
  const first = run();
  const { release } = await holding;
  const hare = { ...fox, prompt: "a hare" };
  const second = kernel.run(image, "sd", hare, {
    signal: controller.signal,
    onState: ({ state }) => state === "queued" && controller.abort(),
  });
  await expect(second).rejects.toMatchObject({ code: "ABORTED" });
  release();
  await first;
  expect(fake.runtime.log.filter((line) => line === "run text_encoder")).toHaveLength(2);
});

async function previewed(request: Partial<ImageRequest>) {
  const events: ImageEvent[] = [];
  const drawn = { steps: 9, sampler: "Euler", previews: 2, ...request };
  await run(drawn, (event) => events.push(event));
  return events.filter(({ preview }) => preview);
}

const decoded = () => fake.runtime.log.filter((line) => line === "run vae_decoder").length;

test("previews come evenly over the steps, at the picture's size", async () => {
  const events = await previewed({});
  expect(events.map(({ done, preview }) => [done, preview!.index])).toEqual([
    [4, 0],
    [7, 1],
  ]);
  expect(events[0]?.preview).toMatchObject({ width: 32, height: 64, seed: 1 });
  expect(events[0]?.preview!.rgb).toHaveLength(32 * 64 * 3);
});

test("previews of a small picture are decoded; previews of large pictures share one fitted projection", async () => {
  await previewed({});
  expect(decoded()).toBe(2 + 1);
  const large = { width: 512, height: 384 };
  const [event] = await previewed(large);
  expect(event?.preview).toMatchObject(large);
  const afterFit = decoded();
  await previewed(large);
  expect(decoded()).toBe(afterFit + 1);
});

test("a picture with previews is the same picture", async () => {
  expect(rgb(await run({ previews: 3 }))).toEqual(rgb(await run()));
});
