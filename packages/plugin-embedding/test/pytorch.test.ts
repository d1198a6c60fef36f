import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { createKernel } from "@kindred/core";
import type { Kernel } from "@kindred/core";
import { openSafetensors } from "@kindred/core/onnx";
import { embedding, embeddingTask } from "@kindred/plugin-embedding";
import { expect, test } from "vitest";
import { asPytorch } from "../../core/test/onnx/as-pytorch.ts";
import type { AsPytorchOptions } from "../../core/test/onnx/as-pytorch.ts";
import { fixture } from "./fixture.ts";
import type { FixtureOptions } from "./fixture.ts";
import { distance, golden, texts } from "./golden.ts";

const tolerance = 1e-5;

/** Replaces a folder's weights by the same ones in files of PyTorch's: one, or two and their index. */
async function convert(
  path: string,
  { shards = false, ...options }: AsPytorchOptions & { readonly shards?: boolean } = {},
): Promise<void> {
  const source = join(path, "model.safetensors");
  if (!shards) await asPytorch(source, join(path, "pytorch_model.bin"), options);
  else {
    const files = ["pytorch_model-00001-of-00002.bin", "pytorch_model-00002-of-00002.bin"];
    const { names } = await openSafetensors(path, "model.safetensors");
    for (const file of files) await asPytorch(source, join(path, file), options);
    const weight_map = Object.fromEntries(names.map((name, i) => [name, files[i % 2]]));
    await writeFile(join(path, "pytorch_model.bin.index.json"), JSON.stringify({ weight_map }));
  }
  await rm(source);
}

function launched(path: string): Promise<Kernel> {
  return createKernel({
    plugins: [embedding()],
    models: [{ id: "m", source: path, keepAlive: 0 }],
  });
}

async function vectorsOf(
  kernel: Kernel,
  input: readonly string[],
): Promise<readonly Float32Array[]> {
  const { vectors } = await kernel.run(embeddingTask, "m", { input, truncate: true });
  return vectors as readonly Float32Array[];
}

/** The largest difference between a folder's vectors and those that sentence-transformers gives of its .safetensors. */
async function difference(
  name: string,
  changes: FixtureOptions & { readonly shards?: boolean } = {},
): Promise<number> {
  await using folder = await fixture(name, changes);
  await convert(folder.path, changes);
  await using kernel = await launched(folder.path);
  const recorded = golden(name).vectors;
  const found = await vectorsOf(
    kernel,
    Object.keys(recorded).map((text) => texts[text]!),
  );
  return Math.max(...Object.values(recorded).map((vector, i) => distance(found[i], vector)));
}

test.each([
  ["bge-tiny", false],
  ["bge-tiny", true],
  ["gte-tiny", false],
])("%s in files of PyTorch's (sharded: %s) gives the reference's vectors", async (name, shards) => {
  expect(await difference(name, { shards })).toBeLessThan(tolerance);
});

test("a weight that is another shows in the vectors", async () => {
  expect(await difference("bge-tiny", { zero: /layer\.1\.output\.dense\.weight/ })).toBeGreaterThan(
    100 * tolerance,
  );
});

test("the vectors are those of the .safetensors, number by number", async () => {
  await using folder = await fixture("bge-tiny");
  const input = Object.values(texts).slice(0, 3);
  const kernel = await launched(folder.path);
  const expected = await vectorsOf(kernel, input);
  await kernel[Symbol.asyncDispose]();
  await convert(folder.path);
  await using other = await launched(folder.path);
  expect(await vectorsOf(other, input)).toEqual(expected);
});

test("a file that changes while it is served is noticed", async () => {
  await using folder = await fixture("bge-tiny");
  await using other = await fixture("bge-tiny", { zero: /word_embeddings/ });
  await convert(folder.path);
  await using kernel = await launched(folder.path);
  await vectorsOf(kernel, ["a red fox"]);
  while (kernel.models()[0]!.graphs?.some(({ open }) => open)) await setTimeout(20);
  await asPytorch(join(other.path, "model.safetensors"), join(folder.path, "pytorch_model.bin"));
  await expect(vectorsOf(kernel, ["a red fox"])).rejects.toMatchObject({
    code: "LOAD_FAILED",
    message: expect.stringContaining("pytorch_model.bin"),
  });
});
