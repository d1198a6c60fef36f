import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { budgetAllocator, createKernel, deviceAllocator, provide } from "@kindred/core";
import { diffusion, image } from "@kindred/plugin-diffusion";
import { expect, test } from "vitest";
import type { Pixels } from "../src/task.ts";
import { models } from "./pictures/golden.ts";
import { writeExport, writeFolder } from "./pictures/synthetic-folder.ts";

/** 72 × 40 latent pixels: two tiles. */
const request = { prompt: "a red fox", seed: 1, steps: 1, guidance: 1, width: 576, height: 320 };

async function folder() {
  const root = await mkdtemp(join(tmpdir(), "kindred-tiles-"));
  return { root, [Symbol.asyncDispose]: () => rm(root, { recursive: true }) };
}

async function launched(
  source: string,
  memory: number,
  options: Readonly<Record<string, unknown>> = {},
) {
  return createKernel({
    plugins: [diffusion()],
    models: [{ id: "m", source, options }],
    provides: [provide(deviceAllocator, () => budgetAllocator({ memory, threads: 1 }))],
  });
}

function differenceOf(one: Pixels, other: Pixels) {
  expect(one.rgb.length).toBe(other.rgb.length);
  let [sum, max] = [0, 0];
  for (const [i, value] of one.rgb.entries()) {
    const difference = Math.abs(value - other.rgb[i]!);
    sum += difference;
    max = Math.max(max, difference);
  }
  return { mean: sum / one.rgb.length, max };
}

test("what is decoded in tiles is what is decoded as a whole, and tiles are taken where the device cannot hold that", async () => {
  await using at = await folder();
  await writeFolder(at.root, models["sd15"]!);
  const drawnWith = async (memory: number, options: Readonly<Record<string, unknown>> = {}) => {
    await using kernel = await launched(at.root, memory, options);
    const drawn = await kernel.run(image, "m", request);
    const graphs = kernel.models()[0]!.graphs!.map((graph) => {
      const { name, bytes, peakBytes, workspaceBytes, overheadBytes } = graph;
      return [name, Math.max(peakBytes, bytes + workspaceBytes) + overheadBytes] as const;
    });
    return { drawn, needs: Object.fromEntries(graphs) };
  };
  const whole = await drawnWith(2 ** 40);
  expect(whole.drawn.tiled).toBeUndefined();
  const enough = whole.needs["vae_decoder"]!;
  const [exact, tiled] = [await drawnWith(enough), await drawnWith(2 ** 40, { vae_tiling: true })];
  expect(exact.drawn).toEqual(whole.drawn);

  // Its tiles are smaller.
  const less = await drawnWith(enough - 1);
  for (const { drawn } of [tiled, less]) {
    expect(drawn.tiled).toBe(true);
    const { mean, max } = differenceOf(drawn.pictures[0]!, whole.drawn.pictures[0]!);
    expect(mean).toBeLessThan(0.5);
    expect(max).toBeLessThanOrEqual(3);
  }
  expect(less.needs["vae_decoder_tiles"]).toBeLessThan(enough);
  await expect(drawnWith(enough - 1, { vae_tiling: false })).rejects.toMatchObject({
    code: "INVALID_INPUT",
    param: "width",
  });
});

test("a launch that asks an export for tiles is refused", async () => {
  await using at = await folder();
  await writeExport(at.root, models["sd-turbo"]!);
  await using kernel = await launched(at.root, 2 ** 40, { vae_tiling: true });
  expect(kernel.models()[0]).toMatchObject({
    state: "failed",
    reason: expect.stringMatching(/vae_tiling: true, and its autoencoder is an ONNX export/),
  });
});
