import { readFileSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { createKernel } from "@kindred/core";
import type { Kernel } from "@kindred/core";
import { demoEmbedding } from "@kindred/demo-models";
import { embedding, embeddingTask } from "@kindred/plugin-embedding";
import { afterAll, beforeAll, expect, test } from "vitest";

interface Triple {
  readonly anchor: string;
  readonly paraphrase: string;
  readonly unrelated: string;
}

/** In a misleading triple the unrelated text has more words of the anchor than the paraphrase has. */
const triples: Readonly<Record<"plain" | "misleading", readonly Triple[]>> = read("triples.json");
const golden: { readonly vectors: Readonly<Record<string, string>> } = read(
  "golden/demo-embedding.json",
);

let kernel: Kernel;

beforeAll(async () => {
  kernel = await createKernel({ plugins: [embedding()], models: [demoEmbedding] });
});

afterAll(() => kernel[Symbol.asyncDispose]());

test("the paraphrase is nearer than the unrelated text in at least 48 of 60 triples, 20 of them misleading", async () => {
  expect([triples.plain.length, triples.misleading.length]).toEqual([40, 20]);
  const won = await Promise.all([...triples.plain, ...triples.misleading].map(isWon));
  expect(won.filter(Boolean).length).toBeGreaterThanOrEqual(48);
});

test("the vectors equal those of sentence-transformers", async () => {
  for (const [text, expected] of Object.entries(golden.vectors)) {
    const [vector] = await embed([text]);
    expect(distance(vector!, unpack(expected)), text).toBeLessThan(1e-5);
  }
});

test("the folder has at most 16 MB", async () => {
  expect(await bytes(demoEmbedding.source)).toBeLessThanOrEqual(16e6);
});

async function isWon({ anchor, paraphrase, unrelated }: Triple): Promise<boolean> {
  const [a, p, u] = await embed([anchor, paraphrase, unrelated]);
  return cosine(a!, p!) > cosine(a!, u!);
}

async function embed(input: readonly string[]): Promise<readonly Float32Array[]> {
  const { vectors } = await kernel.run(embeddingTask, demoEmbedding.id, { input, truncate: true });
  return vectors as readonly Float32Array[];
}

/** The cosine of two unit vectors. */
function cosine(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}

function distance(a: Float32Array, b: Float32Array): number {
  return a.reduce((max, value, i) => Math.max(max, Math.abs(value - b[i]!)), 0);
}

function unpack(base64: string): Float32Array {
  return new Float32Array(Uint8Array.from(Buffer.from(base64, "base64")).buffer);
}

async function bytes(folder: string): Promise<number> {
  const files = await readdir(folder, { recursive: true });
  const sizes = files.map(async (file) => {
    const found = await stat(join(folder, file));
    return found.isFile() ? found.size : 0;
  });
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

function read(file: string): any {
  return JSON.parse(readFileSync(new URL(file, import.meta.url), "utf8"));
}
