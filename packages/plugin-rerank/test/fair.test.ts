import { budgetAllocator, createKernel, deviceAllocator, provide, tracing } from "@kindred/core";
import type { GraphEvent, Kernel, Task } from "@kindred/core";
import { embedding, embeddingTask } from "@kindred/plugin-embedding";
import { rerank, rerankTask } from "@kindred/plugin-rerank";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fixture as embedder } from "../../plugin-embedding/test/fixture.ts";
import { fixture as reranker } from "./fixture.ts";

/** A pair of so many tokens, or a text, fills a run by itself. */
const long = "the of to ".repeat(80);
const query = "a red fox";
const documents: readonly string[] = Array.from({ length: 1000 }, (_, i) => `${i} ${long}`);

let folders: readonly Awaited<ReturnType<typeof embedder>>[];
beforeAll(async () => {
  const config = { max_position_embeddings: 512 };
  folders = await Promise.all([reranker("bert-tiny", { config }), embedder("bge-tiny")]);
});
afterAll(() => Promise.all(folders.map((folder) => folder[Symbol.asyncDispose]())));

/** Both models in a kernel of its own, within so many bytes. */
function kernelWithin(memory?: number): Promise<Kernel> {
  const [ranks, embeds] = folders;
  return createKernel({
    plugins: [embedding(), rerank()],
    models: [
      { id: "ranks", source: ranks!.path, replicas: 1 },
      { id: "embeds", source: embeds!.path },
    ],
    provides: memory ? [provide(deviceAllocator, () => budgetAllocator({ memory }))] : [],
  });
}

/** Counts the runs of each model that have ended. */
function countedRuns(): Disposable & Readonly<Record<string, number>> {
  const counts: Record<string, number> = { ranks: 0, embeds: 0 };
  const subscribers = {
    asyncStart: (event: object) => void counts[(event as GraphEvent).model]!++,
  };
  tracing.graphRun.subscribe(subscribers as never);
  return Object.assign(counts, {
    [Symbol.dispose]: () => tracing.graphRun.unsubscribe(subscribers as never),
  });
}

/** Ranks documents, and gives how many runs of the model ended between the request's entry into the queue and its answer. */
async function waited(
  kernel: Kernel,
  asked: readonly string[],
  counts: Readonly<Record<string, number>>,
): Promise<number> {
  let before: number | undefined;
  const onState = (): void => void (before ??= counts["ranks"]!);
  await kernel.run(rerankTask, "ranks", { query, documents: asked }, { onState });
  return counts["ranks"]! - before!;
}

function running(kernel: Kernel, model: string, task: Task<any, any>, input: object) {
  let isDone = false;
  const answer = kernel.run(task, model, input).finally(() => (isDone = true));
  return { answer, isDone: () => isDone };
}

const one = [rerankTask, "ranks", { query, documents: [long] }] as const;
const text = [embeddingTask, "embeds", { input: [long] }] as const;

describe("beside a request of a thousand documents", () => {
  test("one document of the same model waits for the run under way and one more", async () => {
    await using kernel = await kernelWithin();
    using counts = countedRuns();
    const many = running(kernel, "ranks", rerankTask, { query, documents });
    await expect.poll(() => counts["ranks"]).toBeGreaterThan(0);
    for (let i = 0; i < 5; i++) {
      expect(await waited(kernel, [long], counts)).toBeLessThanOrEqual(3);
    }
    expect(many.isDone()).toBe(false);
    expect((await many.answer).results).toHaveLength(1000);
  });

  test("requests of very different size advance in rotation", async () => {
    await using kernel = await kernelWithin();
    using counts = countedRuns();
    const sizes = [1, 3, 10, 40];
    const runs = await Promise.all(
      sizes.map((size) => waited(kernel, documents.slice(0, size), counts)),
    );
    for (const [i, size] of sizes.entries()) {
      const turns = sizes.reduce((sum, other) => sum + Math.min(size, other), 0);
      expect(runs[i]).toBeGreaterThanOrEqual(size);
      expect(runs[i]).toBeLessThanOrEqual(turns + sizes.length);
    }
  });

  test("embeddings are answered while both models are open, and the documents go on", async () => {
    await using kernel = await kernelWithin();
    using counts = countedRuns();
    await kernel.run(...text);
    const many = running(kernel, "ranks", rerankTask, { query, documents });
    await expect.poll(() => counts["ranks"]).toBeGreaterThan(0);
    for (let i = 0; i < 20; i++) await kernel.run(...text);
    expect(many.isDone()).toBe(false);
    const before = counts["ranks"]!;
    await expect.poll(() => counts["ranks"]).toBeGreaterThan(before);
    await many.answer;
  });
});

/** A model whose graph was just opened keeps its memory for as long as that took, then others have their turn between two runs. */
describe("with memory for one of the two models", () => {
  /** Too little for both, and enough for either. */
  async function scarce(): Promise<number> {
    await using kernel = await kernelWithin();
    await kernel.run(...one);
    await kernel.run(...text);
    const needed = kernel.models().map(({ memory }) => memory!.needed);
    return Math.round(1.3 * Math.max(...needed));
  }

  test("an embedding has its turn among a thousand documents, which go on after it", async () => {
    await using kernel = await kernelWithin(await scarce());
    using counts = countedRuns();
    const many = running(kernel, "ranks", rerankTask, { query, documents });
    await expect.poll(() => counts["ranks"]).toBeGreaterThan(0);
    await kernel.run(...text);
    expect(many.isDone()).toBe(false);
    expect((await many.answer).results).toHaveLength(1000);
  });

  test("a document has its turn among a thousand texts, which go on after it", async () => {
    await using kernel = await kernelWithin(await scarce());
    using counts = countedRuns();
    const many = running(kernel, "embeds", embeddingTask, { input: documents });
    await expect.poll(() => counts["embeds"]).toBeGreaterThan(0);
    await kernel.run(...one);
    expect(many.isDone()).toBe(false);
    expect((await many.answer).vectors).toHaveLength(1000);
  });
});
