import { embeddingTask } from "@kindred/plugin-embedding";
import type { EmbeddingRequest } from "@kindred/plugin-embedding";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { distance, texts } from "./golden.ts";
import { served } from "./served.ts";
import type { Served } from "./served.ts";

const prompts = { query: "find: ", document: "" };
const fullLength = texts["full length"]!;
/** In the fixtures' vocabulary. */
const [the, of, to] = [273, 300, 301] as const;

let model: Served;
beforeAll(async () => {
  model = await served("bge-tiny", { json: { "config_sentence_transformers.json": { prompts } } });
});
afterAll(() => model[Symbol.asyncDispose]());

function norm(vector: Float32Array | undefined): number {
  return Math.hypot(...(vector ?? []));
}

async function tokens(request: EmbeddingRequest): Promise<number> {
  return (await model.kernel.run(embeddingTask, "bge-tiny", request)).tokens;
}

test("a model's facts are told", () => {
  expect(model.info).toMatchObject({
    family: "bge",
    task: "embedding",
    state: "ready",
    info: {
      model_type: "embedding",
      model_ability: ["embed"],
      dimensions: 48,
      max_tokens: 512,
      prompts: ["query", "document"],
    },
  });
});

test("tokens are counted as run, with special tokens and prompts and after truncation", async () => {
  expect(await tokens({ input: ["hello", "the of to"] })).toBe(3 + 5);
  expect(await tokens({ input: [`${fullLength} and and`], truncate: true })).toBe(512);
  const prompt = (await tokens({ input: ["find:"] })) - 2;
  expect(await tokens({ input: ["hello", "hello"], prompt: "query" })).toBe(2 * (3 + prompt));
});

test("a text of more characters than are read is refused", async () => {
  await expect(
    model.embed({ input: ["a", "a".repeat(250_001)], truncate: true }),
  ).rejects.toMatchObject({
    code: "INVALID_INPUT",
    param: "input",
    message: "input[1] has 250001 characters; 250000 are read at most. Send it in parts.",
  });
});

test("a token that the tokenizer of another model makes is not called the client's fault", async () => {
  const json = { "tokenizer.json": foreignTokenizer };
  await using other = await served("bge-tiny", { json });
  await expect(other.embed({ input: ["known foreign"] })).rejects.toMatchObject({
    code: "GRAPH_FAILED",
    message: expect.stringMatching(/made the token id 88888 of input\[0\]; .*are 0 to 2999/),
  });
});

const foreignTokenizer = {
  version: "1.0",
  added_tokens: [],
  pre_tokenizer: { type: "Whitespace" },
  model: { type: "WordLevel", vocab: { known: 5, foreign: 88888 }, unk_token: "known" },
};

describe("token ids", () => {
  test("give the vector of their text", async () => {
    const [ofText, ofIds] = await model.embed({ input: ["the of to", [the, of, to]] });
    expect(ofIds).toEqual(ofText);
  });

  test("come after a prompt as a text does", async () => {
    const input = ["the of to", [the, of, to]];
    const [ofText, ofIds] = await model.embed({ input, prompt: "query" });
    expect(ofIds).toEqual(ofText);
    const [bare] = await model.embed({ input });
    expect(distance(ofText, bare)).toBeGreaterThan(1e-4);
  });

  test.each([3000, -1, 1.5, 2 ** 40])("%d is refused", async (id) => {
    await expect(model.embed({ input: ["a", [the, id]] })).rejects.toMatchObject({
      code: "INVALID_INPUT",
      param: "input",
      message: `input[1] has the token id ${id}; the model's ids are 0 to 2999.`,
    });
  });

  test("beyond the limit are refused or cut as texts are", async () => {
    const input = [Array<number>(511).fill(the)];
    await expect(model.embed({ input })).rejects.toThrow("input[0] has 513 tokens");
    expect(await tokens({ input, truncate: true })).toBe(512);
  });
});

describe("a text beyond the limit", () => {
  test("is refused with the limit, the count and its place", async () => {
    await expect(model.embed({ input: ["a", `${fullLength} and`] })).rejects.toMatchObject({
      code: "INVALID_INPUT",
      param: "input",
      message:
        "input[1] has 513 tokens; the model takes 512, special tokens included. Shorten it, or send truncate: true.",
    });
  });

  test("that just fits is taken", async () => {
    expect(await tokens({ input: [fullLength] })).toBe(512);
  });
});

describe("dimensions", () => {
  test("keeps the head of each vector, at unit length", async () => {
    const [whole] = await model.embed({ input: ["hello"] });
    const [head] = await model.embed({ input: ["hello"], dimensions: 8 });
    const length = norm(whole?.subarray(0, 8));
    expect(norm(head)).toBeCloseTo(1, 6);
    expect(
      distance(
        head,
        whole?.slice(0, 8).map((value) => value / length),
      ),
    ).toBeLessThan(1e-6);
  });

  test("does not stretch the vectors of a model that does not normalise", async () => {
    await using plain = await served("max-tiny");
    const [whole] = await plain.embed({ input: ["hello"] });
    const [head] = await plain.embed({ input: ["hello"], dimensions: 8 });
    expect(norm(whole)).not.toBeCloseTo(1, 1);
    expect(head).toEqual(whole?.slice(0, 8));
  });

  test.each([0, 49, 1.5])("%d is refused", async (dimensions) => {
    await expect(model.embed({ input: ["a"], dimensions })).rejects.toMatchObject({
      code: "INVALID_INPUT",
      param: "dimensions",
    });
  });
});

describe("prompts", () => {
  test("are never added unasked", async () => {
    const [silent, asked] = [
      await model.embed({ input: ["find: hello"] }),
      await model.embed({ input: ["hello"], prompt: "query" }),
    ];
    expect(asked).toEqual(silent);
    expect(await tokens({ input: ["hello"] })).toBe(3);
  });

  test("for passages are found under sentence-transformers' name for them", async () => {
    const plain = await model.embed({ input: ["hello"] });
    expect(await model.embed({ input: ["hello"], prompt: "passage" })).toEqual(plain);
  });

  test("that the model lacks are refused, naming those it has", async () => {
    await expect(model.embed({ input: ["hello"], prompt: "clustering" })).rejects.toMatchObject({
      code: "INVALID_INPUT",
      param: "prompt",
      message: 'The model has no prompt "clustering". Its prompts are "query", "document".',
    });
  });

  test("that a launch sets go before texts of silent requests", async () => {
    await using queries = await served("e5-tiny", { options: { prompt_name: "query" } });
    const silent = await queries.embed({ input: ["hello"] });
    expect(silent).toEqual(await queries.embed({ input: ["hello"], prompt: "query" }));
    expect(silent).not.toEqual(await queries.embed({ input: ["hello"], prompt: "passage" }));
  });
});

test("an aborted request ends with ABORTED", async () => {
  const request = model.kernel.run(
    embeddingTask,
    undefined,
    { input: ["hello"] },
    { signal: AbortSignal.abort() },
  );
  await expect(request).rejects.toMatchObject({ code: "ABORTED" });
});
