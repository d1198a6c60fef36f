import { copyFile, rename, truncate } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { createKernel } from "@kindred/core";
import type { Kernel, Launch } from "@kindred/core";
import { embedding, embeddingTask } from "@kindred/plugin-embedding";
import { expect, test } from "vitest";
import { fixture } from "./fixture.ts";
import { distance } from "./golden.ts";

async function launched(path: string, launch: Partial<Launch> = {}): Promise<Kernel> {
  return createKernel({
    plugins: [embedding()],
    models: [{ id: "m", source: path, keepAlive: 0, ...launch }],
  });
}

async function vector(kernel: Kernel): Promise<Float32Array> {
  const { vectors } = await kernel.run(embeddingTask, "m", { input: ["a red fox"] });
  return vectors[0] as Float32Array;
}

/** Waits until the graph has been closed, as after the keep-alive. */
async function evicted(kernel: Kernel): Promise<void> {
  while (kernel.models()[0]!.graphs?.some(({ open }) => open)) await setTimeout(20);
}

/** Puts the weights of another model into a folder, as a download does. */
async function replaceWeights(path: string): Promise<void> {
  await using other = await fixture("bge-tiny", { zero: /word_embeddings/ });
  const file = join(path, "model.safetensors");
  await copyFile(join(other.path, "model.safetensors"), `${file}.incomplete`);
  await rename(`${file}.incomplete`, file);
}

test("other weights in the place of a served model's are not read with its offsets", async () => {
  await using folder = await fixture("bge-tiny");
  await using kernel = await launched(folder.path);
  await vector(kernel);
  await evicted(kernel);
  await replaceWeights(folder.path);
  await expect(vector(kernel)).rejects.toMatchObject({
    code: "LOAD_FAILED",
    message: expect.stringMatching(
      /^"m" changed on disk, in its graph "[^"]+": another model\.safetensors has taken its place\. Launch/,
    ),
  });
  expect(kernel.models()[0]).toMatchObject({ state: "failed" });
});

test("with onChange: reload they are served, to the request that found them", async () => {
  await using folder = await fixture("bge-tiny");
  await using kernel = await launched(folder.path, { onChange: "reload" });
  const before = await vector(kernel);
  await evicted(kernel);
  await replaceWeights(folder.path);
  const after = await vector(kernel);
  await using fresh = await launched(folder.path);
  expect(distance(after, await vector(fresh))).toBe(0);
  expect(distance(after, before)).toBeGreaterThan(0);
});

test("weights that are cut off under an open graph end no server", async () => {
  await using folder = await fixture("bge-tiny");
  await using kernel = await launched(folder.path, { keepAlive: 300 });
  await vector(kernel);
  await truncate(join(folder.path, "model.safetensors"), 1000);
  await expect(vector(kernel)).rejects.toThrow(/model\.safetensors has 1000 bytes, and had/);
});
