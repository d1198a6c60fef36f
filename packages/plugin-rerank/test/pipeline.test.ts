import { rerankTask } from "@kindred/plugin-rerank";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { difference, golden, request, tolerance } from "./golden.ts";
import { served } from "./served.ts";
import type { Served } from "./served.ts";

const { query, documents } = request;
const long = "the of ".repeat(200);

let model: Served;
beforeAll(async () => {
  model = await served("bert-tiny");
});
afterAll(() => model[Symbol.asyncDispose]());

test("a model's facts are told", () => {
  expect(model.info.info).toEqual({
    model_type: "rerank",
    precision: "float32",
    model_ability: ["rerank"],
    max_tokens: 128,
    activation: "sigmoid",
    prompts: [],
  });
});

test("the best documents come first, as many as are asked for", async () => {
  const { results } = await model.rank(request);
  const order = golden["bert-tiny"]!.map((score, index) => ({ score, index }))
    .toSorted((one, other) => other.score - one.score)
    .map(({ index }) => index);
  expect(results.map(({ index }) => index)).toEqual(order);
  const { results: best } = await model.rank({ ...request, topN: 3 });
  expect(best).toEqual(results.slice(0, 3));
  const { results: all } = await model.rank({ ...request, topN: 100 });
  expect(all).toEqual(results);
});

test("documents of one score stay in the request's order", async () => {
  const { results } = await model.rank({ query, documents: Array(20).fill("a fox") });
  expect(results.map(({ index }) => index)).toEqual(Array.from({ length: 20 }, (_, i) => i));
});

test("tokens are counted as run", async () => {
  expect((await model.rank({ query: "hello", documents: ["the of to"] })).tokens).toBe(
    1 + 1 + 1 + 3 + 1,
  );
  const cut = await model.rank({ query, documents: [long] });
  expect(cut.tokens).toBe(128);
});

describe("pairs beyond the limit", () => {
  test("are cut with a warning", async () => {
    const { warnings } = await model.rank({ query, documents: ["a fox", long, long] });
    expect(warnings).toEqual([
      "2 of 3 documents were cut with the query to 128 tokens, which is all that the model takes.",
    ]);
    expect(await model.rank({ query, documents: ["a fox"] })).not.toHaveProperty("warnings");
  });

  test("are refused where the request says so, with the tokens of all of it", async () => {
    const asked = { query: "hello", documents: ["a fox", long], truncate: false };
    await expect(model.rank(asked)).rejects.toMatchObject({
      code: "INVALID_INPUT",
      param: "documents[1]",
      message:
        "documents[1] and the query have 404 tokens, special tokens included. This model's maximum context length is 128 tokens of both. Shorten them, or send truncate: true.",
    });
  });

  test("are refused where the launch says so, unless the request does not", async () => {
    await using strict = await served("bert-tiny", { options: { truncate: false } });
    await expect(strict.rank({ query, documents: [long] })).rejects.toMatchObject({
      code: "INVALID_INPUT",
    });
    const { warnings } = await strict.rank({ query, documents: [long], truncate: true });
    expect(warnings).toHaveLength(1);
  });

  test("do not cut the others", async () => {
    const asked = { query, documents: [...documents, long] };
    const found = (await model.score(asked)).slice(0, -1);
    expect(difference(found, golden["bert-tiny"]!)).toBeLessThan(tolerance);
  });
});

test("a request may keep fewer tokens of each document", async () => {
  const whole = ["the of to", "a"];
  const cut = ["the of", "a"];
  const asked = await model.rank({ query, documents: whole, maxDocumentTokens: 2 });
  expect(asked).toEqual(await model.rank({ query, documents: cut }));
  const strict = { query, documents: [long], maxDocumentTokens: 8, truncate: false };
  expect((await model.rank(strict)).results).toHaveLength(1);
});

describe("a request is refused with the field at fault", () => {
  test.each([
    ["documents", { documents: [] }],
    ["topN", { topN: 0 }],
    ["topN", { topN: 1.5 }],
    ["maxDocumentTokens", { maxDocumentTokens: -1 }],
    ["query", { query: "a".repeat(250_001) }],
    ["documents[1]", { documents: ["a", "a".repeat(250_001)] }],
    ["prompt", { prompt: "clustering" }],
  ])("%s", async (param, changes) => {
    await expect(model.rank({ ...request, ...changes })).rejects.toMatchObject({
      code: "INVALID_INPUT",
      param,
    });
  });

  test("that is more tokens than are ranked at once, before they are made", async () => {
    await using patient = await served("bert-tiny", {
      config: { max_position_embeddings: 8192 },
      json: { "tokenizer_config.json": { model_max_length: 8192 } },
    });
    const asked = { query: "fox ".repeat(8000), documents: Array(600).fill("a fox") };
    await expect(patient.rank(asked)).rejects.toMatchObject({
      code: "INVALID_INPUT",
      param: "documents",
      message: expect.stringMatching(
        /^The 600 documents, each with the query, have \d{7} tokens; /,
      ),
    });
  });
});

describe("prompts", () => {
  const saved = {
    "modules.json": [{ type: "sentence_transformers.base.modules.Transformer", path: "" }],
    "config_sentence_transformers.json": {
      model_type: "CrossEncoder",
      prompts: { query: "find: ", web: "search the web: " },
      default_prompt_name: "query",
    },
  };

  test("of the launch come before those of the folder, and are told", async () => {
    await using folder = await served("bert-tiny", { json: saved });
    expect(folder.info.info).toMatchObject({ prompts: ["query", "web"], default_prompt: "query" });
    await using launched = await served("bert-tiny", {
      json: saved,
      options: { prompt: "web" },
    });
    const web = await folder.score({ ...request, prompt: "web" });
    expect(await launched.score(request)).toEqual(web);
    await using none = await served("bert-tiny", { json: saved, options: { prompt: "" } });
    expect(await none.score(request)).toEqual(await model.score(request));
    expect(await folder.score(request)).not.toEqual(web);
  });
});

test("an aborted request ends with ABORTED", async () => {
  const signal = AbortSignal.abort();
  const asked = model.kernel.run(rerankTask, undefined, request, { signal });
  await expect(asked).rejects.toMatchObject({ code: "ABORTED" });
});
