import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { embeddingServer } from "./embedding-server.ts";
import type { EmbeddingServer } from "./embedding-server.ts";

let server: EmbeddingServer;
beforeAll(async () => {
  server = await embeddingServer("bge-m3-tiny");
});
afterAll(() => server[Symbol.asyncDispose]());

async function embed(fields: object): Promise<readonly any[]> {
  const { status, json } = await server.ask("/v1/embeddings", {
    input: ["the fox", "a"],
    ...fields,
  });
  expect(status, JSON.stringify(json)).toBe(200);
  return json.data;
}

const weights = expect.objectContaining({ 7: expect.any(Number) });

test("Xinference's return_sparse gives weights by ids in place of the vector", async () => {
  const data = await embed({ return_sparse: true });
  expect(data).toEqual([
    { object: "sparse_embedding", index: 0, embedding: weights },
    { object: "sparse_embedding", index: 1, embedding: expect.any(Object) },
  ]);
  expect(Object.values(data[0].embedding)).toSatisfy((all: number[]) => all.every((x) => x > 0));
  expect(await embed({ embedding_types: ["sparse"] })).toEqual(data);
});

test("several kinds stand beside one another, whichever way they are asked for", async () => {
  const data = await embed({ embedding_types: ["dense", "sparse", "colbert"] });
  const [first] = data;
  expect(Object.keys(first)).toEqual([
    "object",
    "index",
    "embedding",
    "sparse_embedding",
    "colbert_embedding",
  ]);
  expect(first.object).toBe("embedding");
  expect(first.embedding).toHaveLength(48);
  expect(first.sparse_embedding).toEqual(weights);
  const { json } = await server.ask("/v1/tokenize", { input: "the fox" });
  expect(first.colbert_embedding).toHaveLength(json.data[0].count - 1);
  for (const vector of first.colbert_embedding) {
    expect(vector).toHaveLength(24);
    expect(Math.hypot(...vector)).toBeCloseTo(1, 5);
  }
  const flags = { return_dense: true, return_sparse: true, return_colbert_vecs: true };
  expect(await embed(flags)).toEqual(data);
  const [dense, sparse, colbert] = [
    await embed({}),
    await embed({ return_sparse: true, return_dense: false }),
    await embed({ return_colbert_vecs: true }),
  ];
  for (const [i, each] of data.entries()) {
    expect(each.embedding).toEqual(dense[i].embedding);
    expect(each.sparse_embedding).toEqual(sparse[i].embedding);
    expect(each.colbert_embedding).toEqual(colbert[i].embedding);
  }
  expect(colbert[0].object).toBe("colbert_embedding");
});

test("sparse and colbert without dense have names of their own", async () => {
  const [first] = await embed({ return_sparse: true, return_colbert_vecs: true });
  expect(Object.keys(first)).toEqual(["object", "index", "sparse_embedding", "colbert_embedding"]);
});

test("vectors of tokens come in base64 one by one, and weights as numbers", async () => {
  const asked = { embedding_types: ["dense", "sparse", "colbert"] };
  const [plain] = await embed(asked);
  const [packed] = await embed({ ...asked, encoding_format: "base64" });
  expect(packed.sparse_embedding).toEqual(plain.sparse_embedding);
  const floats = packed.colbert_embedding.map((each: string) => [
    ...new Float32Array(Uint8Array.from(Buffer.from(each, "base64")).buffer),
  ]);
  expect(floats).toEqual(plain.colbert_embedding);
});

describe("a 400 names the field as the client sent it", () => {
  test.each<[object, string, RegExp]>([
    [{ output_dtype: "int8", encoding_format: "base64" }, "encoding_format", /"float"/],
    [{ return_sparse: true, encoding_format: "base64" }, "encoding_format", /"float"/],
    [{ embedding_types: ["colbert"], encoding_format: "base64" }, "encoding_format", /"float"/],
    [{ embedding_types: "dense" }, "embedding_types", /must be a list of dense, sparse, colbert/],
    [{ embedding_types: [] }, "embedding_types", /./],
    [{ embedding_types: ["float"] }, "embedding_types[0]", /"dense"\|"sparse"\|"colbert"/],
    [{ embedding_types: ["dense"], return_sparse: true }, "embedding_types", /send either/],
    [{ return_dense: false }, "return_dense", /nothing else is asked for/],
    [{ return_sparse: true, dimensions: 8 }, "dimensions", /dense vectors.* sparse alone/],
    [{ return_colbert_vecs: true, output_dtype: "int8" }, "output_dtype", /dense vectors/],
  ])("%j", async (fields, param, message) => {
    const { status, json } = await server.ask("/v1/embeddings", { input: "a", ...fields });
    expect(status).toBe(400);
    expect(json.error).toMatchObject({ param, message: expect.stringMatching(message) });
  });

  test.each([
    [{ embedding_types: ["dense", "sparse"] }, "embedding_types"],
    [{ return_sparse: true }, "return_sparse"],
    [{ return_colbert_vecs: true }, "return_colbert_vecs"],
    [{ return_colbert_vecs: false, return_sparse: true }, "return_sparse"],
    [{ return_colbert_vecs: true, return_sparse: true }, "return_sparse"],
    [{ input_type: "query" }, "input_type"],
    [{ prompt_name: "query" }, "prompt_name"],
  ])("%j, of a model that has not what it asks for", async (fields, param) => {
    await using plain = await embeddingServer("max-tiny");
    const { status, json } = await plain.ask("/v1/embeddings", { input: "a", ...fields });
    expect(status).toBe(400);
    expect(json.error).toMatchObject({ param });
  });
});
