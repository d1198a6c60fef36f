import { mkdtemp, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { budgetAllocator, createKernel, deviceAllocator, provide } from "@kindred/core";
import { QuantizedStore, quantizedStore } from "@kindred/core/precision";
import { embedding, embeddingTask } from "@kindred/plugin-embedding";
import { expect, test } from "vitest";
import { fixture } from "./fixture.ts";

const texts = ["a red fox", "the sea at night, and the wind over it", "1984", "fox ".repeat(40)];

/** Architectures whose graphs differ, by their fixtures. */
const names = [
  "bge-tiny",
  "e5-tiny",
  "mpnet-tiny",
  "distilbert-tiny",
  "distilroberta-tiny",
  "modernbert-tiny",
  "nomic-tiny",
  "qwen3-tiny",
  "jina-8-heads",
];

test.each(names)(
  "%s in int8 gives vectors near those in float32, each whatever is beside it",
  async (name) => {
    await using folder = await fixture(name);
    const store = new QuantizedStore({ folder: await mkdtemp(join(tmpdir(), "kindred-int8-")) });
    const { path: source } = folder;
    await using kernel = await createKernel({
      plugins: [embedding()],
      models: [
        { id: "float32", source },
        { id: "int8", source, options: { precision: "int8" } },
      ],
      provides: [provide(quantizedStore, () => store)],
    });
    const embed = async (id: string, input: readonly string[]) =>
      (await kernel.run(embeddingTask, id, { input: [...input] })).vectors as Float32Array[];
    const [exact, found] = [await embed("float32", texts), await embed("int8", texts)];
    for (const [i, vector] of found.entries()) {
      expect(cosine(vector, exact[i]!)).toBeGreaterThan(0.99);
      expect(vector).not.toEqual(exact[i]);
    }
    const [alone] = await embed("int8", texts.slice(0, 1));
    expect(cosine(alone!, found[0]!)).toBeGreaterThan(0.999_999);
    expect(kernel.models().map(({ info }) => info!["precision"])).toEqual(["float32", "int8"]);
    expect((await readdir(store.folder)).some((file) => file.endsWith(".safetensors"))).toBe(true);
    const [float, eight] = kernel.models().map(({ graphs }) => graphs![0]!.bytes);
    expect(eight).toBeLessThan(float!);
  },
);

test("a model whose weights fit in eight bits alone is not refused for their size in float32", async () => {
  await using folder = await fixture("bge-tiny");
  const launch = { id: "m", source: folder.path };
  await using large = await createKernel({ plugins: [embedding()] });
  const { leastBytes } = await large.plan(launch);
  const memory = leastBytes - 1;
  await using kernel = await createKernel({
    plugins: [embedding()],
    provides: [provide(deviceAllocator, () => budgetAllocator({ memory, threads: 1 }))],
  });
  expect(await kernel.plan(launch)).toHaveProperty("reason");
  const eight = await kernel.plan({ ...launch, options: { precision: "int8" } });
  expect(eight).toMatchObject({ device: "cpu", leastBytes: Math.floor(leastBytes / 4) });
});

test("a precision that there is not is refused by name", async () => {
  await using folder = await fixture("bge-tiny");
  const options = { precision: "int3" };
  await using kernel = await createKernel({
    plugins: [embedding()],
    models: [{ id: "m", source: folder.path, options }],
  });
  expect(kernel.models()[0]).toMatchObject({
    state: "failed",
    reason: expect.stringMatching(/precision: .*"float32"\|"int8"/),
  });
});

function cosine(a: Float32Array, b: Float32Array): number {
  const dot = (x: Float32Array, y: Float32Array) =>
    x.reduce((sum, each, i) => sum + each * y[i]!, 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}
