import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { embeddingServer } from "./embedding-server.ts";
import type { EmbeddingServer } from "./embedding-server.ts";

let server: EmbeddingServer;
beforeAll(async () => {
  server = await embeddingServer("bge-tiny");
});
afterAll(() => server[Symbol.asyncDispose]());

/** The first of many characters beyond the first plane: one code point, two units of UTF-16. */
const text = "🦜 The Worldly";

test("/v1/tokenize gives ids, tokens and places in code points", async () => {
  expect(await server.ask("/v1/tokenize", { model: "m", input: [text, "of"] })).toEqual({
    status: 200,
    json: {
      object: "list",
      data: [
        {
          object: "tokens",
          index: 0,
          count: 7,
          ids: [2, 1, 273, 1357, 588, 328, 3],
          tokens: ["[CLS]", "[UNK]", "the", "wor", "##ld", "##ly", "[SEP]"],
          offsets: [
            [0, 0],
            [0, 1],
            [2, 5],
            [6, 9],
            [9, 11],
            [11, 13],
            [0, 0],
          ],
        },
        {
          object: "tokens",
          index: 1,
          count: 3,
          ids: [2, 300, 3],
          tokens: ["[CLS]", "of", "[SEP]"],
          offsets: [
            [0, 0],
            [0, 2],
            [0, 0],
          ],
        },
      ],
      model: "m",
      max_tokens: 512,
    },
  });
});

test("/v1/tokenize leaves special tokens out when it is told so, and needs no model's name", async () => {
  const { json } = await server.ask("/v1/tokenize", { input: text, add_special_tokens: false });
  expect(json.data).toMatchObject([{ count: 5, ids: [1, 273, 1357, 588, 328] }]);
});

test("texts beyond the model's limit are told whole", async () => {
  const { json } = await server.ask("/v1/tokenize", { input: "the ".repeat(2000) });
  expect(json.data[0]).toMatchObject({ count: 2002 });
  expect(json.data[0].offsets.slice(-2)).toEqual([
    [7996, 7999],
    [0, 0],
  ]);
});

test("/v1/detokenize gives texts of ids, and special tokens when it is asked for them", async () => {
  const input = [2, 273, 1357, 588, 328, 3];
  expect(await server.ask("/v1/detokenize", { model: "m", input })).toEqual({
    status: 200,
    json: {
      object: "list",
      data: [{ object: "text", index: 0, text: "the worldly" }],
      model: "m",
    },
  });
  const lists = { input: [input, [300]], skip_special_tokens: false };
  const { json } = await server.ask("/v1/detokenize", lists);
  expect(json.data.map((each: { text: string }) => each.text)).toEqual([
    "[CLS] the worldly [SEP]",
    "of",
  ]);
});

test("a text's ids are those that it is embedded with", async () => {
  const { json: tokens } = await server.ask("/v1/tokenize", { input: text });
  const [ofIds, ofText] = await Promise.all(
    [tokens.data[0].ids, text].map((input) => server.ask("/v1/embeddings", { model: "m", input })),
  );
  expect(ofIds!.json.data).toEqual(ofText!.json.data);
});

test("the facts of a model and the list of endpoints tell of them", async () => {
  const model: any = await (await fetch(`${server.url}/v1/models/m`)).json();
  expect(model).toMatchObject({ task: "embedding", sideTasks: ["tokenize", "detokenize"] });
  const { data }: any = await (await fetch(`${server.url}/v1/endpoints`)).json();
  expect(data.map(({ path }: { path: string }) => path)).toEqual([
    "/v1/embeddings",
    "/v1/tokenize",
    "/v1/detokenize",
  ]);
});

test("the JSON Schemas of bodies tell what an input is", async () => {
  const { data }: any = await (await fetch(`${server.url}/v1/endpoints`)).json();
  const inputs = data.map(({ body }: any) => body.properties.input.anyOf);
  const string = { type: "string", minLength: 1 };
  const ids = { type: "array", minItems: 1, items: { type: "integer", minimum: 0 } };
  const texts = [string, { type: "array", minItems: 1, maxItems: 2048, items: string }];
  const lists = [ids, { type: "array", minItems: 1, maxItems: 2048, items: ids }];
  expect(inputs).toEqual([[...texts, ...lists], texts, lists]);
});

describe("a 400 names the field and the numbers", () => {
  test.each<[string, string, object, string, RegExp]>([
    ["an empty text", "tokenize", { input: ["a", ""] }, "input", /input\[1\] is one/],
    ["ids to tokenise", "tokenize", { input: [1, 2] }, "input", /must be a string or strings/],
    ["texts to detokenise", "detokenize", { input: ["a"] }, "input", /must be token ids/],
    ["no input", "tokenize", { prompt: "a" }, "input", /Unrecognized key: "prompt"/],
    ["another field", "tokenize", { input: "a", offsets: true }, "offsets", /"offsets"/],
    [
      "a long text",
      "tokenize",
      { input: ["a", "a".repeat(250_001)] },
      "input",
      /input\[1\] has 250001 characters; 250000/,
    ],
    [
      "many long texts",
      "tokenize",
      { input: Array(5).fill("a".repeat(200_001)) },
      "input",
      /1000005 characters in all; 1000000/,
    ],
    [
      "an unknown id",
      "detokenize",
      { input: [[1], [9, 3000]] },
      "input",
      /input\[1\] has the token id 3000; .* 0 to 2999/,
    ],
    [
      "many ids",
      "detokenize",
      { input: Array(11).fill(Array(100_000).fill(5)) },
      "input",
      /1100000 ids in all; 1000000/,
    ],
  ])("%s", async (_, path, body, param, message) => {
    const { status, json } = await server.ask(`/v1/${path}`, body);
    expect(status).toBe(400);
    expect(json.error).toMatchObject({ param, message: expect.stringMatching(message) });
  });
});
