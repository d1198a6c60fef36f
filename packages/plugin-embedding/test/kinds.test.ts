import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createKernel } from "@kindred/core";
import type { Kernel } from "@kindred/core";
import { openPytorch, readTensor } from "@kindred/core/onnx";
import { embedding, embeddingTask } from "@kindred/plugin-embedding";
import type { EmbeddingKind, Embeddings, LexicalWeights } from "@kindred/plugin-embedding";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkNumbers } from "../src/kinds/check-kinds.ts";
import { lexicalWeights } from "../src/kinds/lexical-weights.ts";
import { tolerance } from "./difference.ts";
import { fixture } from "./fixture.ts";
import { distance, read, unpack } from "./golden.ts";
import { served } from "./served.ts";
import type { Served } from "./served.ts";

interface Recorded {
  readonly text: string;
  readonly dense: string;
  readonly sparse: Readonly<Record<string, number>>;
  readonly colbert: string;
}

const name = "bge-m3-tiny";
const kinds = ["dense", "sparse", "colbert"] as const;
const recorded: Readonly<Record<string, Recorded>> = read(`golden/${name}.json`).texts;
const input = Object.values(recorded).map(({ text }) => text);

let model: Served;
beforeAll(async () => {
  model = await served(name);
});
afterAll(() => model[Symbol.asyncDispose]());

/** How far the embeddings of texts are from the recorded ones, by their kinds. */
function distances(
  { vectors, sparse, colbert }: Embeddings,
  expected: readonly Recorded[] = Object.values(recorded),
): Record<EmbeddingKind, number> {
  const furthest = (of: (each: Recorded, i: number) => number) => Math.max(...expected.map(of));
  return {
    dense: furthest((each, i) => distance(vectors[i] as Float32Array, unpack(each.dense))),
    sparse: furthest((each, i) => weightDistance(sparse?.[i], each.sparse)),
    colbert: furthest((each, i) => distance(joined(colbert?.[i]), unpack(each.colbert))),
  };
}

function weightDistance(
  found: LexicalWeights | undefined,
  expected: Readonly<Record<string, number>>,
): number {
  const weights = new Map(Array.from(found?.ids ?? [], (id, i) => [id, found!.weights[i]!]));
  if (weights.size !== Object.keys(expected).length) return Infinity;
  const apart = Object.entries(expected).map(([id, weight]) =>
    Math.abs((weights.get(Number(id)) ?? Infinity) - weight),
  );
  return Math.max(...apart);
}

function joined(rows: readonly Float32Array[] = []): Float32Array {
  return Float32Array.from(rows.flatMap((row) => [...row]));
}

describe("dense, sparse and multi-vector embeddings are FlagEmbedding's", () => {
  test("of all texts in one request", async () => {
    const apart = distances(await model.answer({ input, kinds, truncate: true }));
    for (const kind of kinds) expect(apart[kind], kind).toBeLessThan(tolerance);
  });

  test("of each text alone", async () => {
    for (const each of Object.values(recorded)) {
      const answer = await model.answer({ input: [each.text], kinds, truncate: true });
      for (const kind of kinds) {
        expect(distances(answer, [each])[kind], `${kind} of ${each.text}`).toBeLessThan(tolerance);
      }
    }
  });

  test("of all texts in one run, with much padding", async () => {
    await using together = await served(name, { together: true });
    const apart = distances(await together.answer({ input, kinds, truncate: true }));
    for (const kind of kinds) expect(apart[kind], kind).toBeLessThan(tolerance);
  });

  test("of requests that ask for different kinds and share a run", async () => {
    await using together = await served(name, { together: true });
    const asked = kinds.map((kind) => together.answer({ input, kinds: [kind], truncate: true }));
    const [dense, sparse, colbert] = await Promise.all(asked);
    expect(dense).not.toHaveProperty("sparse");
    expect(sparse).toMatchObject({ vectors: [] });
    expect(sparse).not.toHaveProperty("colbert");
    const all = { ...dense!, sparse: sparse!.sparse, colbert: colbert!.colbert };
    for (const kind of kinds) expect(distances(all)[kind], kind).toBeLessThan(tolerance);
  });

  test("with weights that are copied to safetensors", async () => {
    const apart = await changed();
    for (const kind of kinds) expect(apart[kind], kind).toBeLessThan(tolerance);
  });
});

describe("a mistake moves them by ten times the tolerance and more", () => {
  test("a head's bias left out", async () => {
    const apart = await changed((_, tensor, bytes) => void (tensor === "bias" && bytes.fill(0)));
    expect(apart.dense).toBeLessThan(tolerance);
    expect(apart.sparse).toBeGreaterThan(10 * tolerance);
    expect(apart.colbert).toBeGreaterThan(10 * tolerance);
  });

  test("weights of another sign", async () => {
    const apart = await changed((_, __, bytes) => {
      // The sign of a half is the highest bit of its second byte.
      for (let i = 1; i < bytes.length; i += 2) bytes[i]! ^= 128;
    });
    expect(apart.sparse).toBeGreaterThan(10 * tolerance);
    expect(apart.colbert).toBeGreaterThan(10 * tolerance);
  });
});

test("a token that comes several times has its greatest weight, and special tokens have none", () => {
  const ids = Int32Array.of(0, 7, 5, 7, 9, 7, 2);
  const weights = Float32Array.of(3, 0.25, 0.5, 0.75, 0, 0.5, 2);
  expect(lexicalWeights(ids, weights, new Set([0, 2]))).toEqual({
    ids: Int32Array.of(7, 5),
    weights: Float32Array.of(0.75, 0.5),
  });
  expect(lexicalWeights(ids, weights, new Set()).ids).toEqual(Int32Array.of(0, 7, 5, 2));
});

describe("a model", () => {
  test("says which kinds it has, and gives dense vectors alone by default", async () => {
    expect(model.info.info).toMatchObject({ embedding_types: ["dense", "sparse", "colbert"] });
    const answer = await model.answer({ input: ["a"] });
    expect(Object.keys(answer)).toEqual(["vectors", "tokens"]);
  });

  test("without heads refuses the kinds that it has not", async () => {
    await using plain = await served("bge-tiny");
    expect(plain.info.info).toMatchObject({ embedding_types: ["dense"] });
    await expect(plain.answer({ input: ["a"], kinds: ["dense", "colbert"] })).rejects.toMatchObject(
      {
        code: "UNSUPPORTED",
        param: "kinds",
        message: expect.stringMatching(/no colbert embeddings, but dense\..*colbert_linear\.pt/),
      },
    );
  });

  test("with one head has that kind", async () => {
    await using folder = await fixture(name);
    await rm(join(folder.path, "colbert_linear.pt"));
    await using kernel = await kernelOf(folder.path);
    expect(kernel.models()[0]!.info).toMatchObject({ embedding_types: ["dense", "sparse"] });
    const asked = kernel.run(embeddingTask, "m", { input: ["a"], kinds: ["colbert"] });
    await expect(asked).rejects.toMatchObject({ code: "UNSUPPORTED" });
  });

  test("fetches its heads' files with its weights", () => {
    const [family] = embedding().families!;
    const files = ["config.json", "model.safetensors", "sparse_linear.pt", "colbert_linear.pt"];
    const config = read(`fixtures/${name}/config.json`);
    const json = (file: string): any => (file === "config.json" ? config : undefined);
    const listing = { id: "m", names: [name], files, json };
    expect(family!.files!(listing, {})).toEqual(files);
  });

  test.each([
    ["is no file of torch", "sparse_linear.pt", Buffer.from("hello"), /sparse_linear\.pt/],
    ["is empty", "colbert_linear.pt", Buffer.alloc(0), /colbert_linear\.pt/],
  ])("whose head %s is refused by the file's name", async (_, file, bytes, reason) => {
    await using folder = await fixture(name);
    await writeFile(join(folder.path, file), bytes);
    await using kernel = await kernelOf(folder.path);
    expect(kernel.models()[0]).toMatchObject({
      state: "failed",
      reason: expect.stringMatching(reason),
    });
  });

  test("whose head is of another model is refused with both shapes", async () => {
    await using folder = await fixture(name, {});
    await copyHead(folder.path, { from: "colbert_linear", to: "sparse_linear" });
    await using kernel = await kernelOf(folder.path);
    expect(kernel.models()[0]!.reason).toMatch(
      /"sparse_linear\.weight" of shape \[1, 48\].*\[24, 48\]/,
    );
  });

  test.each([{ dimensions: 8 }, { outputType: "int8" as const }])(
    "refuses %j without a dense vector",
    async (asked) => {
      const refused = model.answer({ input: ["a"], kinds: ["sparse"], ...asked });
      const [param] = Object.keys(asked);
      await expect(refused).rejects.toMatchObject({ code: "INVALID_INPUT", param });
    },
  );

  test("refuses a request for nothing", async () => {
    await expect(model.answer({ input: ["a"], kinds: [] })).rejects.toMatchObject({
      code: "INVALID_INPUT",
      param: "kinds",
    });
  });

  test("applies dimensions to dense vectors alone", async () => {
    const [head] = await model.embed({ input: ["a"], dimensions: 8 });
    const answer = await model.answer({ input: ["a"], dimensions: 8, kinds });
    expect(answer.vectors).toEqual([head]);
    expect(answer.colbert![0]![0]).toHaveLength(24);
  });

  test("refuses more numbers of tokens than a reply may have", () => {
    expect(() => checkNumbers(16_384, 1024)).not.toThrow();
    expect(() => checkNumbers(16_385, 1024)).toThrow(
      "colbert has a vector of 1024 numbers for each token, 16778240 for the 16385 tokens of this request; 16777216 are given at most.",
    );
  });
});

function kernelOf(source: string): Promise<Kernel> {
  return createKernel({ plugins: [embedding()], models: [{ id: "m", source }] });
}

/** Changes the bytes of a head's tensor, which are halves. */
type Change = (head: string, tensor: string, bytes: Buffer) => void;

/** How far the embeddings are from the recorded ones with heads in safetensors that are changed. */
async function changed(change?: Change): Promise<Record<EmbeddingKind, number>> {
  await using folder = await fixture(name);
  for (const head of ["sparse_linear", "colbert_linear"]) {
    await copyHead(folder.path, { from: head, to: head, change });
  }
  await using kernel = await kernelOf(folder.path);
  return distances(await kernel.run(embeddingTask, "m", { input, kinds, truncate: true }));
}

interface Copy {
  readonly from: string;
  readonly to: string;
  readonly change?: Change | undefined;
}

/** Copies a head's file of torch to one of safetensors, which is taken before it. */
async function copyHead(folder: string, { from, to, change }: Copy): Promise<void> {
  const weights = await openPytorch(folder, `${from}.pt`);
  const header: Record<string, object> = {};
  const data: Buffer[] = [];
  let end = 0;
  for (const tensor of weights.names) {
    const stored = weights.get(tensor)!;
    const bytes = await readTensor(weights.folder, stored, 100_000);
    change?.(to, tensor, bytes);
    data.push(bytes);
    const { dtype, shape } = stored;
    header[tensor] = { dtype, shape, data_offsets: [end, (end += bytes.length)] };
  }
  const head = Buffer.from(JSON.stringify(header).padEnd(400));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(head.length));
  await writeFile(join(folder, `${to}.safetensors`), Buffer.concat([length, head, ...data]));
}
