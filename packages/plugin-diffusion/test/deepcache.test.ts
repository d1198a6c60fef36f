import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { budgetAllocator, createKernel, deviceAllocator, provide } from "@kindred/core";
import type { Kernel } from "@kindred/core";
import { QuantizedStore, quantizedStore } from "@kindred/core/precision";
import { afterAll, beforeAll, expect, test } from "vitest";
import { diffusion, image } from "../src/index.ts";
import type { DiffusionOptions, ImageRequest } from "../src/index.ts";
import { parametersText } from "../src/picture/parameters.ts";
import { launchOptions } from "../src/request/launch-options.ts";
import { models, readPictures } from "./pictures/golden.ts";
import { writeExport, writeFolder } from "./pictures/synthetic-folder.ts";

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "kindred-deepcache-"));
  await writeFolder(join(root, "sd15"), models["sd15"]!);
  await writeFolder(join(root, "sd3"), readPictures("pictures-3").models["sd3"]!);
  await writeExport(join(root, "sd-turbo-onnx"), models["sd-turbo"]!);
});
afterAll(() => rm(root, { recursive: true }));

function launched(folder: string, ...options: readonly DiffusionOptions[]): Promise<Kernel> {
  const store = new QuantizedStore({ folder: join(root, "quantized") });
  return createKernel({
    plugins: [diffusion()],
    models: options.map((each, i) => ({
      id: String(i),
      source: join(root, folder),
      options: { ...each },
    })),
    provides: [provide(quantizedStore, () => store)],
  });
}

const fox = { prompt: "a red fox", seed: 1, steps: 4, width: 64, height: 64 };

async function draw(kernel: Kernel, id: string, change: Partial<ImageRequest> = {}) {
  return kernel.run(image, id, { ...fox, ...change });
}

test("a launch with DeepCache has one more small graph, and tells the interval of its requests", async () => {
  await using kernel = await launched("sd15", {}, { deepcache: true });
  const [without, having] = kernel.models();
  const named = (model = without) => model!.graphs!.map(({ name }) => name);
  expect(named(having)).toEqual([...named(without), "unet_shallow"]);
  const bytes = Object.fromEntries(having!.graphs!.map((graph) => [graph.name, graph.bytes]));
  expect(bytes["unet_shallow"]).toBeGreaterThan(0);
  expect(bytes["unet_shallow"]).toBeLessThan(bytes["unet"]! / 10);
  expect(without!.info!["defaults"]).not.toHaveProperty("deepcache_interval");
  expect(having!.info!["defaults"]).toMatchObject({ deepcache_interval: 3 });
});

test("with interval 1 a launch with DeepCache draws what one without it draws", async () => {
  await using kernel = await launched("sd15", {}, { deepcache: true });
  const [without, whole, cached] = await Promise.all([
    draw(kernel, "0"),
    draw(kernel, "1", { deepcacheInterval: 1 }),
    draw(kernel, "1"),
  ]);
  expect(whole.pictures).toEqual(without.pictures);
  expect(cached.pictures).not.toEqual(without.pictures);
  expect((await draw(kernel, "0", { deepcacheInterval: 1 })).pictures).toEqual(without.pictures);
});

test("a launch's interval is that of requests that do not say, and is written into the picture", async () => {
  const options = { deepcache: true, deepcache_cache_interval: 2 };
  await using kernel = await launched("sd15", { deepcache: true }, options);
  const [asked, said] = await Promise.all([
    draw(kernel, "0", { deepcacheInterval: 2 }),
    draw(kernel, "1"),
  ]);
  expect(said.pictures).toEqual(asked.pictures);
  expect(said.settings.deepcacheInterval).toBe(2);
  expect(parametersText(said.pictures[0]!, said)).toContain(", DeepCache interval: 2, ");
});

test("a picture in a single step has no interval", async () => {
  await using kernel = await launched("sd15", { deepcache: true });
  const { settings } = await draw(kernel, "0", {
    steps: 1,
    deepcacheInterval: 5,
    sampler: "Euler",
  });
  expect(settings).not.toHaveProperty("deepcacheInterval");
});

test("the shallow part is held in the UNet's precision", async () => {
  await using kernel = await launched(
    "sd15",
    { deepcache: true },
    { deepcache: true, precision: { unet: "int8" } },
  );
  const [float, eight] = kernel.models().map(({ graphs }) => graphs!.at(-1)!);
  expect(eight!.name).toBe("unet_shallow");
  expect(eight!.bytes).toBeLessThan(float!.bytes);
  const [exact, rounded] = await Promise.all(["0", "1"].map((id) => draw(kernel, id)));
  const [a, b] = [exact!.pictures[0]!.rgb, rounded!.pictures[0]!.rgb];
  const mean = a.reduce((sum, value, i) => sum + Math.abs(value - b[i]!), 0) / a.length;
  expect(mean).toBeGreaterThan(0);
  expect(mean).toBeLessThan(8);
});

test.each<[string, number, string, RegExp]>([
  ["without DeepCache", 3, "UNSUPPORTED", /was launched without DeepCache.*deepcache: true/],
  ["with no interval", 0, "INVALID_INPUT", /must be an integer from 1 to 1000, not 0\./],
  ["with half of a step", 2.5, "INVALID_INPUT", /not 2\.5\./],
])("an interval %s is refused by its name", async (_, deepcacheInterval, code, message) => {
  await using kernel = await launched("sd15", {});
  await expect(draw(kernel, "0", { deepcacheInterval })).rejects.toMatchObject({
    code,
    param: "deepcacheInterval",
    message: expect.stringMatching(message),
  });
});

test("a model without a UNet refuses the field, and the option", async () => {
  await using kernel = await launched("sd3", {}, { deepcache: true });
  await expect(draw(kernel, "0", { deepcacheInterval: 3 })).rejects.toMatchObject({
    code: "UNSUPPORTED",
    param: "deepcacheInterval",
    message: "This model takes no interval of DeepCache, which is for UNets. Leave it out.",
  });
  expect(kernel.models()[1]!.reason).toBe(
    '"1" was launched with deepcache, which is for UNets, and it has none. Leave that out.',
  );
});

test("an ONNX export, and a branch beyond the UNet's skips, are refused by name", async () => {
  await using exported = await launched("sd-turbo-onnx", { deepcache: true });
  expect(exported.models()[0]!.reason).toContain("with deepcache, and its UNet is an ONNX export");
  const options = { deepcache: true, deepcache_cache_branch_id: 12 };
  await using beyond = await launched("sd15", options);
  expect(beyond.models()[0]!.reason).toBe(
    '"0" was launched with deepcache_cache_branch_id 12, and its UNet has 12 skips. Give a number from 0 to 11.',
  );
});

test("a launch whose two graphs do not fit together is refused with the numbers", async () => {
  const opened = (memory: number, deepcache: boolean) =>
    createKernel({
      plugins: [diffusion()],
      models: [{ id: "m", source: join(root, "sd15"), options: { deepcache } }],
      provides: [provide(deviceAllocator, () => budgetAllocator({ memory, threads: 1 }))],
    });
  await using without = await opened(250e6, false);
  expect(without.models()[0]!.state).toBe("ready");
  await using having = await opened(250e6, true);
  expect(having.models()[0]!.reason).toMatch(
    /^"m" was launched with deepcache, whose two graphs need [\d.]+ MB together; cpu has 250 MB in all/,
  );
  await using enough = await opened(500e6, true);
  expect(enough.models()[0]!.state).toBe("ready");
});

test.each(["deepcache_cache_interval", "deepcache_cache_branch_id"])(
  "%s without deepcache is refused",
  (name) => {
    for (const deepcache of [undefined, false]) {
      const found = launchOptions.safeParse({ [name]: 2, deepcache });
      expect(found.error?.issues).toMatchObject([
        { path: [name], message: "needs deepcache: true. Give both, or leave it out" },
      ]);
    }
    expect(launchOptions.safeParse({ [name]: 2, deepcache: true }).success).toBe(true);
    expect(launchOptions.safeParse({ [name]: -1, deepcache: true }).success).toBe(false);
  },
);
