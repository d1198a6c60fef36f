import { afterAll, beforeAll, expect, test } from "vitest";
import { embeddingServer } from "./embedding-server.ts";
import type { EmbeddingServer } from "./embedding-server.ts";

let server: EmbeddingServer;
beforeAll(async () => {
  server = await embeddingServer("bge-tiny");
});
afterAll(() => server[Symbol.asyncDispose]());

async function embed(fields: object): Promise<any> {
  const { status, json } = await server.ask("/v1/embeddings", { input: "hello", ...fields });
  expect(status).toBe(200);
  return json.data[0].embedding;
}

test.each(["int8", "uint8", "binary", "ubinary"] as const)(
  "%s comes as numbers, and follows from the floats",
  async (output_dtype) => {
    const numbers: number[] = await embed({ output_dtype });
    const floats: number[] = await embed({});
    const bits = floats.map((x) => (x > 0 ? 1 : 0)).join("");
    const expected = {
      uint8: floats.map((x) => Math.floor(127 * x + 0.5) + 128),
      int8: floats.map((x) => Math.floor(127 * x + 0.5)),
      ubinary: bits.match(/.{8}/g)!.map((byte) => Number.parseInt(byte, 2)),
      binary: bits.match(/.{8}/g)!.map((byte) => Number.parseInt(byte, 2) - 128),
    };
    expect(numbers).toEqual(expected[output_dtype]);
  },
);

test.each([
  [{ output_dtype: "binary", dimensions: 20 }, "dimensions", /vectors have 20.*multiple of 8/],
  [{ output_dtype: "int4" }, "output_dtype", /int8/],
  [{ input_type: "image" }, "input_type", /search_document/],
  [{ prompt_name: "poem" }, "prompt_name", /no prompt|no prompt of the model/],
])("%j is a 400 that names the field", async (fields, param, message) => {
  const { status, json } = await server.ask("/v1/embeddings", { input: "hello", ...fields });
  expect(status).toBe(400);
  expect(json.error).toMatchObject({ param, message: expect.stringMatching(message) });
});

test("a model that does not normalise refuses int8 by the field's name on the wire", async () => {
  await using plain = await embeddingServer("max-tiny");
  const asked = { input: "hello", output_dtype: "int8" };
  const { status, json } = await plain.ask("/v1/embeddings", asked);
  expect(status).toBe(400);
  expect(json.error).toMatchObject({ param: "output_dtype", code: "UNSUPPORTED" });
});
