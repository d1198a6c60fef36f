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
import type { Kernel, Tensor } from "@kindred/core";
import { fakeRuntime } from "@kindred/core/testing";
import type { FakeRun, FakeRuntime } from "@kindred/core/testing";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { diffusion, image } from "../src/index.ts";
import type { DiffusionOptions, ImageEvent, ImageRequest, Pictures } from "../src/index.ts";
import { models } from "./pictures/golden.ts";
import { writeFolder } from "./pictures/synthetic-folder.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kindred-pipeline-"));
  await writeFolder(folder, models["sd15-short"]!);
});
afterAll(() => rm(folder, { recursive: true }));

/** The dims of each run of the denoiser, and of its text. */
let steps: (readonly (readonly number[])[])[];
let runtime: FakeRuntime;
let kernel: Kernel;
/** Hears of every run before it ends. */
let before: (graph: string) => void = () => {};

const graphs: Record<string, FakeRun> = {
  text_encoder: ({ input_ids }, [output = ""]) => {
    const [, length = 0] = input_ids!.dims;
    const ids = Array.from(input_ids!.data as BigInt64Array, Number);
    return { [output]: tensor([1, length, 48], (i) => ids[Math.floor(i / 48)]! / 504) };
  },
  unet: ({ sample, encoder_hidden_states: states }) => {
    steps.push([sample!.dims, states!.dims]);
    const drift =
      (states!.data as Float32Array).reduce((sum, value) => sum + value, 0) / states!.data.length;
    return { out_sample: tensor(sample!.dims, (i) => Number(sample!.data[i]) * 0.5 + drift) };
  },
  vae_decoder: ({ latent_sample }) => {
    const [, , height = 0, width = 0] = latent_sample!.dims;
    const values = latent_sample!.data as Float32Array;
    return {
      sample: tensor([1, 3, 8 * height, 8 * width], (i) => Math.tanh(values[i % values.length]!)),
    };
  },
};

function tensor(dims: readonly number[], value: (i: number) => number): Tensor {
  const length = dims.reduce((product, dim) => product * dim, 1);
  return { type: "float32", dims, data: Float32Array.from({ length }, (_, i) => value(i)) };
}

async function open(options: DiffusionOptions = {}): Promise<void> {
  runtime = fakeRuntime((feeds, outputs, source) => {
    before(source.name);
    return graphs[source.name]!(feeds, outputs, source);
  });
  kernel = await createKernel({
    plugins: [diffusion()],
    models: [{ id: "sd", source: folder, options: { ...options } }],
    provides: [
      provide(graphRuntime, () => runtime),
      provide(deviceAllocator, () => budgetAllocator({ memory: 1e9, threads: 1 })),
    ],
  });
}

beforeEach(async () => {
  steps = [];
  before = () => {};
  await open();
});
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

test("a seed is made up where none is asked for, and drawing with it again gives the same picture", async () => {
  const { seed: _, ...silent } = fox;
  const drawn = await kernel.run(image, "sd", silent);
  const [{ seed } = { seed: -1 }] = drawn.pictures;
  expect(rgb(await run({ seed }))).toEqual(rgb(drawn));
});

test("the size is in pixels, the defaults are the checkpoint's", async () => {
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

describe("a launch that says what a silent request means, and to enlarge", () => {
  beforeEach(async () => {
    await kernel[Symbol.asyncDispose]();
    await open({ steps: 2, guidance: 1, size: "1024x512", enlarge: true });
  });

  test("draws as many pixels as the UNet was trained at, in the asked shape", async () => {
    const output = await kernel.run(image, "sd", { prompt: "", sampler: "Euler", previews: 1 });
    expect(steps.map(([sample]) => sample)).toEqual(Array(2).fill([1, 4, 45, 91]));
    expect(output.drawn).toEqual({ width: 728, height: 360 });
    expect(output.settings).toMatchObject({ width: 1024, height: 512, steps: 2, guidance: 1 });
    const [{ rgb, ...size } = { rgb: "" }] = output.pictures;
    expect(size).toMatchObject({ width: 1024, height: 512 });
    expect(rgb).toHaveLength(3 * 1024 * 512);
  });

  test("says so of itself, and nothing of a picture at the UNet's own size", async () => {
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
  expect(steps).toEqual(
    Array(3).fill([
      [1, 4, 8, 4],
      [1, 20, 48],
    ]),
  );
});

test("guidance runs the denoiser over both texts in a batch of two", async () => {
  await run({ sampler: "Euler" });
  expect(steps).toEqual(
    Array(3).fill([
      [2, 4, 8, 4],
      [2, 20, 48],
    ]),
  );
});

test("more pixels than the memory holds are refused before anything runs, with the numbers", async () => {
  await expect(run({ width: 80_000 })).rejects.toMatchObject({
    code: "INVALID_INPUT",
    param: "width",
    message: expect.stringMatching(/80000x64 pixels need [\d.]+ GB .* cpu has 1 GB/),
  });
  expect(runtime.log).toEqual([]);
});

test.each<[string, string, Partial<ImageRequest>]>([
  ["width", "INVALID_INPUT", { width: 100 }],
  ["height", "INVALID_INPUT", { height: 0 }],
  ["steps", "INVALID_INPUT", { steps: 10_000 }],
  ["steps", "INVALID_INPUT", { steps: 51, sampler: "LCM" }],
  ["sampler", "INVALID_INPUT", { sampler: "Eulerian" }],
  ["sampler", "UNSUPPORTED", { sampler: "FlowMatchEuler" }],
  ["clipSkip", "INVALID_INPUT", { clipSkip: 4 }],
  ["prompt", "INVALID_INPUT", { prompt: "a ".repeat(600) }],
  ["negativePrompt", "INVALID_INPUT", { negativePrompt: "a ".repeat(600) }],
  ["image", "UNSUPPORTED", { image: { rgb: new Uint8Array(3), width: 1, height: 1 } }],
  ["strength", "UNSUPPORTED", { strength: 0.5 }],
])("%s is %s before anything runs", async (param, code, change) => {
  await expect(run(change)).rejects.toMatchObject({ code, param });
  expect(runtime.log).toEqual([]);
});

test("clip_skip is called in a message as clients call it", async () => {
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

test("a negative prompt has as many windows as the prompt, and the other way round", async () => {
  await run({ prompt: long, steps: 1 });
  await run({ negativePrompt: long, steps: 1 });
  const sequences = steps.map(([, states]) => states![1]);
  expect(new Set(sequences).size).toBe(1);
  expect(sequences[0]! % 20).toBe(0);
  expect(sequences[0]).toBeGreaterThan(20);
});

test("the states of a prompt are kept for the next picture of it", async () => {
  await run();
  const runs = () => runtime.log.filter((line) => line === "run text_encoder").length;
  expect(runs()).toBe(2);
  await run({ seed: 2 });
  expect(runs()).toBe(2);
  await run({ clipSkip: 1 });
  expect(runs()).toBe(3);
});

test("an abort ends the work after the step under way", async () => {
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
  expect(runtime.log.filter((line) => line === "run unet")).toHaveLength(1);
  expect(runtime.log).not.toContain("run vae_decoder");
});

test("a request that goes away while it waits never starts", async () => {
  const controller = new AbortController();
  const first = run();
  const second = kernel.run(
    image,
    "sd",
    { ...fox, prompt: "a hare" },
    { signal: controller.signal },
  );
  before = () => controller.abort();
  await expect(second).rejects.toMatchObject({ code: "ABORTED" });
  await first;
  expect(runtime.log.filter((line) => line === "run text_encoder")).toHaveLength(2);
});

async function previewed(request: Partial<ImageRequest>) {
  const events: ImageEvent[] = [];
  const drawn = { steps: 9, sampler: "Euler", previews: 2, ...request };
  await run(drawn, (event) => events.push(event));
  return events.filter(({ preview }) => preview);
}

const decoded = () => runtime.log.filter((line) => line === "run vae_decoder").length;

test("previews come evenly over the steps, at the picture's size", async () => {
  const events = await previewed({});
  expect(events.map(({ done, preview }) => [done, preview!.index])).toEqual([
    [4, 0],
    [7, 1],
  ]);
  expect(events[0]?.preview).toMatchObject({ width: 32, height: 64, seed: 1 });
  expect(events[0]?.preview!.rgb).toHaveLength(32 * 64 * 3);
});

test("previews of a small picture are decoded, those of a large one projected by a fit that is made once", async () => {
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
