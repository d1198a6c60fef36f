import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { budgetAllocator, createKernel, deviceAllocator, provide } from "@kindred/core";
import type { ModelInfo } from "@kindred/core";
import { QuantizedStore, quantizedStore } from "@kindred/core/precision";
import { diffusion, image } from "@kindred/plugin-diffusion";
import { describe, expect, test } from "vitest";
import { launchOptions } from "../src/request/launch-options.ts";
import type { PrecisionOption } from "../src/request/precision.ts";
import { models, readPictures } from "./pictures/golden.ts";
import { writeExport, writeFolder } from "./pictures/synthetic-folder.ts";

const precisions = [
  "float32",
  "int8",
  { unet: "int8" },
  { text_encoder: "int8" },
  "weight-int8",
  "weight-int4",
  { unet: "weight-int4", text_encoder: "weight-int8" },
] as const;

/** A model in several precisions, by their places. */
async function setup(
  model: (typeof models)[string],
  chosen: readonly PrecisionOption[] = precisions,
) {
  const root = await mkdtemp(join(tmpdir(), "kindred-precision-"));
  const source = join(root, "model");
  await writeFolder(source, model);
  const store = new QuantizedStore({ folder: join(root, "quantized") });
  const kernel = await createKernel({
    plugins: [diffusion()],
    models: chosen.map((precision, i) => ({ id: String(i), source, options: { precision } })),
    provides: [provide(quantizedStore, () => store)],
  });
  const draw = async (id: string) => {
    const request = { prompt: "a red fox", seed: 1, steps: 2, width: 64, height: 64 };
    return (await kernel.run(image, id, request)).pictures[0]!;
  };
  return {
    kernel,
    source,
    draw,
    async [Symbol.asyncDispose]() {
      await kernel[Symbol.asyncDispose]();
      await rm(root, { recursive: true });
    },
  };
}

test("pictures in fewer bits are near those in float32, whole or by component, and the model says its precision", async () => {
  await using served = await setup(models["sd15"]!);
  const { kernel, draw } = served;
  const [exact, ...others] = await Promise.all(precisions.map((_, i) => draw(String(i))));
  const differences = others.map(
    ({ rgb }) =>
      rgb.reduce((sum, value, i) => sum + Math.abs(value - exact!.rgb[i]!), 0) / rgb.length,
  );
  // Of 255. A UNet of random weights differs more than a trained one.
  const most = [8, 8, 8, 2, 12, 12];
  for (const [i, mean] of differences.entries()) {
    expect(mean).toBeGreaterThan(0);
    expect(mean).toBeLessThan(most[i]!);
  }
  expect(kernel.models().map(({ info }) => info!["precision"])).toEqual(precisions);
  const bytes = kernel.models().map(({ graphs }) => graphs!.map((each) => each.bytes));
  const sums = bytes.map((each) => each.reduce((sum, one) => sum + one, 0));
  const [float, eight, , , weightEight, four] = sums;
  expect(weightEight).toBeLessThan(float!);
  expect(four).toBeLessThan(weightEight!);
  // It alone has convolutions in eight bits.
  expect(eight).toBeLessThan(four!);
  const plans = precisions.map((precision) =>
    kernel.plan({ id: "planned", source: served.source, options: { precision } }),
  );
  const [whole, ...rounded] = (await Promise.all(plans)).map(({ leastBytes }) => leastBytes);
  // 64 elements in bytes, with two scales and two zeros, or in half of the bytes, whose zeros are in one.
  const shares = [64, 64, 64, 64 + 8 + 2, 32 + 8 + 1, 32 + 8 + 1];
  expect(rounded).toEqual(shares.map((share) => Math.floor((whole! * share) / 256)));
});

test("text encoders and the transformer of Stable Diffusion 3 draw in fewer bits", async () => {
  const [name] = Object.keys(readPictures("pictures-3").models);
  const chosen = ["float32", "int8", "weight-int8", "weight-int4"] as const;
  await using served = await setup(readPictures("pictures-3").models[name!]!, chosen);
  const drawn = await Promise.all(chosen.map((_, i) => served.draw(String(i))));
  const [exact, ...others] = drawn.map(({ rgb }) => rgb);
  for (const each of others) {
    expect(each).toHaveLength(exact!.length);
    expect(each).not.toEqual(exact);
  }
  for (const { graphs, info } of served.kernel.models())
    expect(graphs!.find((each) => each.name === "transformer")!.precision).toBe(info!["precision"]);
});

describe("auto", () => {
  /** A kernel of this memory, with one model. */
  async function launched(source: string, memory: number, precision: unknown) {
    return createKernel({
      plugins: [diffusion()],
      models: [{ id: "m", source, options: { precision } }],
      provides: [provide(deviceAllocator, () => budgetAllocator({ memory, threads: 1 }))],
    });
  }

  /** What a component needs at once in a precision, with the activations of a run that `auto` counts with. */
  async function need(source: string, component: string, precision: string): Promise<number> {
    await using kernel = await launched(source, 2 ** 40, { [component]: precision });
    const request = { prompt: "a red fox", seed: 1, steps: 1, guidance: 5 };
    await kernel.run(image, "m", request);
    const [{ graphs }] = kernel.models() as [ModelInfo];
    const graph = graphs!.find(({ name }) => name === component)!;
    const { bytes, peakBytes, workspaceBytes, overheadBytes } = graph;
    return Math.max(peakBytes, bytes + workspaceBytes) + overheadBytes;
  }

  test("takes for each component the most exact precision that fits, and the model tells them", async () => {
    const source = await mkdtemp(join(tmpdir(), "kindred-precision-"));
    await writeFolder(source, models["sd15"]!);
    await using kernel = await launched(source, 2 ** 40, "auto");
    const float = { text_encoder: "float32", unet: "float32" };
    expect(kernel.models()[0]!.info!["precision"]).toEqual(float);
    expect(kernel.models()[0]!.graphs).toEqual(
      expect.arrayContaining([expect.objectContaining({ name: "unet", precision: "float32" })]),
    );
    const exact = await need(source, "unet", "float32");
    await using less = await launched(source, exact - 1, { unet: "auto" });
    const [model] = less.models() as [ModelInfo];
    const told = model.info!["precision"] as Record<string, string>;
    expect(told).toEqual({ unet: "weight-int8" });

    // It is smaller than those that leave convolutions in float32.
    const eight = await need(source, "unet", "int8");
    await using least = await launched(source, eight, { unet: "auto" });
    expect(least.models()[0]!.info!["precision"]).toEqual({ unet: "int8" });
    await using none = await launched(source, eight - 1, { unet: "auto" });
    expect(none.models()[0]!.reason).toMatch(/^No precision fits\. In int8, /);
    await rm(source, { recursive: true });
  });
});

test("a precision for a component that is an ONNX export is refused, and one for others is not", async () => {
  const root = await mkdtemp(join(tmpdir(), "kindred-precision-"));
  const source = join(root, "model");
  await writeExport(source, models["sd-turbo"]!);
  const named = ["int8", { unet: "int8" }, { text_encoder: "float32" }, {}];
  await using kernel = await createKernel({
    plugins: [diffusion()],
    models: named.map((precision, i) => ({ id: String(i), source, options: { precision } })),
  });
  const found = kernel.models().map(({ reason }) => reason?.split(", which")[0]);
  expect(found).toEqual([
    expect.stringMatching(/precision "int8", and its (unet|text_encoder) is an ONNX export$/),
    '"1" was launched with precision "int8", and its unet is an ONNX export',
    '"2" was launched with precision "float32", and its text_encoder is an ONNX export',
    undefined,
  ]);
  await rm(root, { recursive: true });
});

test.each<[unknown, RegExp]>([
  [
    "int4",
    /^must be one of "float32", "weight-int8", "int8", "weight-int4", "auto", or such by component.*unet, transformer/,
  ],
  [{ unet: "int4" }, /^must be one of "float32"/],
  [{ vae: "int8" }, /"vae"/],
])("the precision %j is refused by name", (precision, message) => {
  const found = launchOptions.safeParse({ precision });
  expect(found.error?.issues).toMatchObject([
    { path: ["precision"], message: expect.stringMatching(message) },
  ]);
});

test("a precision for a component that the model does not have is refused by name", async () => {
  const source = await mkdtemp(join(tmpdir(), "kindred-precision-"));
  await writeFolder(source, models["sd15"]!);
  await using kernel = await createKernel({
    plugins: [diffusion()],
    models: [{ id: "m", source, options: { precision: { transformer: "int8" } } }],
  });
  expect(kernel.models()[0]).toMatchObject({
    state: "failed",
    reason: expect.stringMatching(/a precision for transformer, which it does not have/),
  });
});
