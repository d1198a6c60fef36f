import { mkdtemp, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { budgetAllocator, createKernel, deviceAllocator, provide } from "@kindred/core";
import { QuantizedStore, quantizedStore } from "@kindred/core/precision";
import { embedding, embeddingTask } from "@kindred/plugin-embedding";
import { describe, expect, test } from "vitest";
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

/** Cosines to float32's vectors, at least. */
const cosines = { "weight-int8": 0.9998, int8: 0.99, "weight-int4": 0.95 } as const;

const all = ["float32", ...Object.keys(cosines)] as readonly (keyof typeof cosines | "float32")[];

test.each(names)(
  "%s gives vectors near float32's in every precision, each whatever is beside it",
  async (name) => {
    await using folder = await fixture(name);
    const store = new QuantizedStore({ folder: await mkdtemp(join(tmpdir(), "kindred-int8-")) });
    const { path: source } = folder;
    await using kernel = await createKernel({
      plugins: [embedding()],
      models: all.map((precision) => ({ id: precision, source, options: { precision } })),
      provides: [provide(quantizedStore, () => store)],
    });
    const embed = async (id: string, input: readonly string[]) =>
      (await kernel.run(embeddingTask, id, { input: [...input] })).vectors as Float32Array[];
    const exact = await embed("float32", texts);
    for (const [precision, least] of Object.entries(cosines)) {
      const found = await embed(precision, texts);
      for (const [i, vector] of found.entries()) {
        expect(cosine(vector, exact[i]!)).toBeGreaterThan(least);
        expect(vector).not.toEqual(exact[i]);
      }
      const [alone] = await embed(precision, texts.slice(0, 1));
      expect(cosine(alone!, found[0]!)).toBeGreaterThan(0.999_999);
    }
    expect(kernel.models().map(({ info }) => info!["precision"])).toEqual(all);
    expect(kernel.models().map(({ graphs }) => graphs![0]!.precision)).toEqual(all);
    const files = (await readdir(store.folder)).filter((file) => file.endsWith(".safetensors"));
    expect(files).toHaveLength(3);
    const [float, weightEight, eight, four] = kernel
      .models()
      .map(({ graphs }) => graphs![0]!.bytes);
    expect(weightEight).toBeLessThan(float!);
    expect(eight).toBeLessThan(weightEight!);
    expect(four).toBeLessThan(eight!);
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
  // 64 elements of four bits have two scales, and two zeros in a byte.
  const least = Math.floor((leastBytes * (32 + 8 + 1)) / 256);
  for (const precision of ["weight-int4", "auto"])
    expect(await kernel.plan({ ...launch, options: { precision } })).toMatchObject({
      device: "cpu",
      leastBytes: least,
    });
});

describe("auto", () => {
  /** The bytes that bge-tiny needs in each precision for a text of the most tokens that it takes. */
  async function needs(source: string): Promise<Readonly<Record<string, number>>> {
    await using kernel = await createKernel({
      plugins: [embedding()],
      models: all.map((precision) => ({ id: precision, source, options: { precision } })),
    });
    const input = ["fox ".repeat(1000)];
    for (const id of all) await kernel.run(embeddingTask, id, { input, truncate: true });
    return Object.fromEntries(
      kernel.models().map(({ id, graphs }) => {
        const { bytes, peakBytes, workspaceBytes, overheadBytes } = graphs![0]!;
        return [id, Math.max(peakBytes, bytes + workspaceBytes) + overheadBytes];
      }),
    );
  }

  async function launched(source: string, memory: number) {
    const kernel = await createKernel({
      plugins: [embedding()],
      models: [{ id: "m", source, options: { precision: "auto" } }],
      provides: [provide(deviceAllocator, () => budgetAllocator({ memory, threads: 1 }))],
    });
    return kernel;
  }

  test("takes the most exact precision that fits, and the model tells that one", async () => {
    await using folder = await fixture("bge-tiny");
    const { path: source } = folder;
    const needed = await needs(source);
    const chosen = new Set<unknown>();
    for (const memory of Object.values(needed)) {
      const expected = all.find((precision) => needed[precision]! <= memory);
      await using kernel = await launched(source, memory);
      const [model] = kernel.models();
      expect(model!.info!["precision"]).toBe(expected);
      expect(model!.graphs![0]!.precision).toBe(expected);
      const input = ["fox ".repeat(1000)];
      await kernel.run(embeddingTask, "m", { input, truncate: true });
      chosen.add(expected);
    }
    expect(chosen.size).toBeGreaterThan(2);
  });

  test("says what the smallest needs where none fits", async () => {
    await using folder = await fixture("bge-tiny");
    const { path: source } = folder;
    const least = Math.min(...Object.values(await needs(source)));
    await using kernel = await launched(source, least - 1);
    expect(kernel.models()[0]).toMatchObject({
      state: "failed",
      reason: expect.stringMatching(
        /^No precision fits\. In weight-int4, "m" needs [\d.]+ \w+ at once; cpu has [\d.]+ \w+ in all\./,
      ),
    });
  });

  test("counts no other model, which gives way", async () => {
    await using folder = await fixture("bge-tiny");
    const { path: source } = folder;
    const { float32: memory } = await needs(source);
    await using kernel = await launched(source, memory!);
    const input = ["fox"];
    await kernel.run(embeddingTask, "m", { input });
    await kernel.load({ id: "other", source, options: { precision: "auto" } });
    await kernel.run(embeddingTask, "other", { input });
    expect(kernel.models().map(({ info }) => info!["precision"])).toEqual(["float32", "float32"]);
  });
});

test("a precision that there is not is refused by name", async () => {
  await using folder = await fixture("bge-tiny");
  const options = { precision: "int4" };
  await using kernel = await createKernel({
    plugins: [embedding()],
    models: [{ id: "m", source: folder.path, options }],
  });
  expect(kernel.models()[0]).toMatchObject({
    state: "failed",
    reason: expect.stringMatching(
      /precision: .*"float32"\|"weight-int8"\|"int8"\|"weight-int4"\|"auto"/,
    ),
  });
});

function cosine(a: Float32Array, b: Float32Array): number {
  const dot = (x: Float32Array, y: Float32Array) =>
    x.reduce((sum, each, i) => sum + each * y[i]!, 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}
