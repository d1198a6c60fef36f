import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createKernel, provide } from "@kindred/core";
import { QuantizedStore, quantizedStore } from "@kindred/core/precision";
import { diffusion, image } from "@kindred/plugin-diffusion";
import { expect, test } from "vitest";
import { launchOptions } from "../src/request/launch-options.ts";
import { models, readPictures } from "./pictures/golden.ts";
import { writeExport, writeFolder } from "./pictures/synthetic-folder.ts";

const precisions = ["float32", "int8", { unet: "int8" }, { text_encoder: "int8" }] as const;

/** A model in several precisions, by their places. */
async function setup(model: (typeof models)[string]) {
  const root = await mkdtemp(join(tmpdir(), "kindred-precision-"));
  const source = join(root, "model");
  await writeFolder(source, model);
  const store = new QuantizedStore({ folder: join(root, "quantized") });
  const kernel = await createKernel({
    plugins: [diffusion()],
    models: precisions.map((precision, i) => ({ id: String(i), source, options: { precision } })),
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

test("pictures in int8 are near those in float32, whole or by component, and the model says its precision", async () => {
  await using served = await setup(models["sd15"]!);
  const { kernel, draw } = served;
  expect(kernel.models().map(({ info }) => info!["precision"])).toEqual(precisions);
  const [exact, ...others] = await Promise.all(precisions.map((_, i) => draw(String(i))));
  for (const { rgb: data } of others) {
    const mean =
      data.reduce((sum, value, i) => sum + Math.abs(value - exact!.rgb[i]!), 0) / data.length;
    expect(mean).toBeGreaterThan(0);
    expect(mean).toBeLessThan(8);
  }
  const bytes = kernel.models().map(({ graphs }) => graphs!.map((each) => each.bytes));
  const [float, eight] = bytes.map((each) => each.reduce((sum, one) => sum + one, 0));
  expect(eight).toBeLessThan(float!);
  const plans = precisions.map((precision) =>
    kernel.plan({ id: "planned", source: served.source, options: { precision } }),
  );
  const [whole, ...rounded] = (await Promise.all(plans)).map(({ leastBytes }) => leastBytes);
  expect(rounded).toEqual(rounded.map(() => Math.floor(whole! / 4)));
});

test("text encoders and the transformer of Stable Diffusion 3 draw in int8", async () => {
  const [name] = Object.keys(readPictures("pictures-3").models);
  await using served = await setup(readPictures("pictures-3").models[name!]!);
  const [exact, eight] = [await served.draw("0"), await served.draw("1")];
  expect(eight.rgb).toHaveLength(exact.rgb.length);
  expect(eight.rgb).not.toEqual(exact.rgb);
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
  ["int4", /^must be "float32" or "int8".*unet, transformer/],
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
