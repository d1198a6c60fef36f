import type { Endpoint, Reply } from "@kindred/core";
import { bodyJsonSchema } from "../../core/src/body-json-schema.ts";
import { rerank } from "@kindred/plugin-rerank";
import { describe, expect, test } from "vitest";
import { heldEndpoint } from "../../../test/held-endpoint.ts";

const endpoint: Endpoint = heldEndpoint(rerank().endpoints![0]!);
const asked = { query: "a fox", documents: ["a red fox", { text: "the sea" }] };
const ranking = {
  results: [
    { index: 1, score: 0.75 },
    { index: 0, score: 0.25 },
  ],
  tokens: 12,
};

async function problems(body: unknown): Promise<readonly string[]> {
  const { issues = [] } = await endpoint.body["~standard"].validate(body);
  return issues.map(({ path = [], message }) => `${path.join(".")}: ${message}`);
}

async function inputOf(body: object): Promise<any> {
  const result = await endpoint.body["~standard"].validate(body);
  if (result.issues) throw new Error(JSON.stringify(result.issues));
  return (await endpoint.decode(result.value)).input;
}

function reply(body: object): Reply & { readonly warnings: string[] } {
  const warnings: string[] = [];
  return {
    body,
    warnings,
    model: "bge",
    created: 0,
    warn: (text) => warnings.push(text),
    file: async () => "",
  };
}

describe("the bodies that clients send are taken", () => {
  const texts = ["a red fox", "the sea"];

  test("Cohere's and Jina's, with texts and objects", async () => {
    expect(await inputOf({ model: "bge", ...asked, top_n: 1 })).toEqual({
      query: "a fox",
      documents: texts,
      topN: 1,
    });
  });

  test("Cohere's fields of both versions", async () => {
    const fields = { rank_fields: ["text"], max_chunks_per_doc: 1, max_tokens_per_doc: 4096 };
    expect(await inputOf({ ...asked, ...fields })).toMatchObject({ maxDocumentTokens: 4096 });
  });

  test("Xinference's client's, in which most is null, and what it is called with is there twice", async () => {
    const body = {
      model: "bge",
      documents: texts,
      query: "a fox",
      top_n: null,
      max_chunks_per_doc: null,
      return_documents: null,
      return_len: true,
      truncate: false,
      kwargs: '{"truncate": false}',
    };
    expect(await inputOf(body)).toEqual({ query: "a fox", documents: texts, truncate: false });
  });

  test("LiteLLM's for hosted_vllm, which repeats its defaults", async () => {
    const body = { model: "bge", ...asked, return_documents: true };
    expect(await problems(body)).toEqual([]);
  });

  test("a document that is empty", async () => {
    expect(await problems({ query: "a", documents: ["", { text: "" }] })).toEqual([]);
  });
});

describe("a body is refused, naming the field", () => {
  test.each<[string, object]>([
    ["query", { documents: ["a"] }],
    ["query", { ...asked, query: "" }],
    ["query", { ...asked, query: "half \ud83e" }],
    ["query", { ...asked, query: ["a"] }],
    ["documents", { query: "a" }],
    ["documents", { ...asked, documents: "a" }],
    ["documents", { ...asked, documents: [] }],
    ["documents", { ...asked, documents: ["a", 5] }],
    ["documents", { ...asked, documents: ["a", null] }],
    ["documents", { ...asked, documents: [["a"]] }],
    ["documents", { ...asked, documents: [{ image: "a" }] }],
    ["documents", { ...asked, documents: [{ text: "a", title: "b" }] }],
    ["documents", { ...asked, documents: ["half \ud83e"] }],
    ["documents", { ...asked, documents: Array(10_001).fill("a") }],
    ["top_n", { ...asked, top_n: 0 }],
    ["top_n", { ...asked, top_n: 1.5 }],
    ["return_documents", { ...asked, return_documents: "yes" }],
    ["max_chunks_per_doc", { ...asked, max_chunks_per_doc: 10 }],
    ["max_tokens_per_doc", { ...asked, max_tokens_per_doc: 0 }],
    ["rank_fields", { ...asked, rank_fields: ["text", "title"] }],
    ["rank_fields.0", { ...asked, rank_fields: ["title"] }],
    ["truncate", { ...asked, truncate: 1 }],
    ["kwargs", { ...asked, top_n: 1, kwargs: '{"top_n": 2}' }],
    ["top_n", { ...asked, kwargs: '{"top_n": 0}' }],
  ])("%s in %j", async (field, body) => {
    expect(await problems(body)).toEqual([expect.stringMatching(`^${field}: .{1,130}$`)]);
  });

  test.each(["texts", "raw_scores", "instruction", "stream"])(
    "%s, which there is not",
    async (name) => {
      expect(await problems({ ...asked, [name]: true })).toEqual([expect.stringContaining(name)]);
    },
  );

  test("the message says which document is at fault", async () => {
    expect(await problems({ ...asked, documents: ["a", { text: "a", title: "b" }] })).toEqual([
      'documents: are ranked by their text alone, and one has the field "title" beside it: documents[1]',
    ]);
  });
});

test("ten thousand documents are taken", async () => {
  const documents = Array.from({ length: 10_000 }, () => ({ text: "a" }));
  expect(await problems({ query: "a", documents })).toEqual([]);
});

test("clients are told the form of a document", () => {
  const { properties, required }: any = bodyJsonSchema(endpoint.body);
  expect(required).toEqual(["query", "documents"]);
  expect(properties.documents).toMatchObject({ type: "array", maxItems: 10_000 });
  expect(properties.documents.items.anyOf[0]).toEqual({ type: "string" });
});

describe("the reply", () => {
  test("has what Jina, Cohere and Xinference give", () => {
    expect(endpoint.encode(ranking, reply(asked))).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      model: "bge",
      results: [
        { index: 1, relevance_score: 0.75 },
        { index: 0, relevance_score: 0.25 },
      ],
      usage: { prompt_tokens: 12, total_tokens: 12 },
      meta: { tokens: { input_tokens: 12, output_tokens: 0 } },
    });
  });

  test("repeats documents where they are asked for", () => {
    expect(endpoint.encode(ranking, reply({ ...asked, return_documents: true }))).toMatchObject({
      results: [
        { index: 1, document: { text: "the sea" } },
        { index: 0, document: { text: "a red fox" } },
      ],
    });
  });

  test("passes on what the model has to say", () => {
    const made = reply(asked);
    endpoint.encode({ ...ranking, warnings: ["One."] }, made);
    expect(made.warnings).toEqual(["One."]);
  });

  test("shows a terminal the documents in their order, each on a line", async () => {
    const long = { text: `a\n${"fox ".repeat(50)}` };
    const body = { query: "a", documents: ["a red fox", long] };
    const shown = await endpoint.show!(ranking, reply(body));
    expect(shown.text.split("\n")).toEqual([
      `0.7500  a ${"fox ".repeat(17)}…`,
      "0.2500  a red fox",
      "12 tokens",
    ]);
  });
});
