import { describe, expect, test } from "vitest";
import { cases, difference, golden, read, request, tolerance } from "./golden.ts";
import type { Case } from "./golden.ts";
import { served } from "./served.ts";
import type { ServedOptions } from "./served.ts";

/** How far the scores of a case are from CrossEncoder's, all documents in one request. */
async function distance(name: string, changes: ServedOptions = {}): Promise<number> {
  const { folder, json = {}, ...asked }: Case = cases[name]!;
  await using model = await served(folder, { ...changes, json: { ...json, ...changes.json } });
  return difference(await model.score({ ...request, ...asked }), golden[name]!);
}

describe("scores are CrossEncoder's", () => {
  test.each(Object.keys(cases))("%s", async (name) => {
    expect(await distance(name)).toBeLessThan(tolerance);
  });

  test.each(["bert-tiny", "xlm-roberta-tiny"])("of each document by itself: %s", async (name) => {
    await using model = await served(name);
    for (const [i, document] of request.documents.entries()) {
      const found = await model.score({ query: request.query, documents: [document] });
      expect(difference(found, [golden[name]![i]!]), document).toBeLessThan(tolerance);
    }
  });

  test("with weights that have no prefix", async () => {
    expect(await distance("bert-tiny", { prefix: "" })).toBeLessThan(tolerance);
  });
});

describe("a mistake moves scores by ten times the tolerance and more", () => {
  const identity = { sentence_transformers: { activation_fn: "torch.nn.Identity" } };
  const sigmoid = { sentence_transformers: { activation_fn: "torch.nn.Sigmoid" } };
  /** BertTokenizer places special tokens itself, so a mistake in `tokenizer.json` counts for a class that takes it as it is. */
  const plain = { "tokenizer_config.json": { tokenizer_class: "PreTrainedTokenizerFast" } };
  const mistakes: Readonly<Record<string, readonly [string, ServedOptions]>> = {
    "the sigmoid left out": ["bert-tiny", { json: { "config.json": identity } }],
    "a sigmoid added": [
      "scores without an activation, as version 4 saves them",
      { json: { "config.json": sigmoid } },
    ],
    "no token types": ["bert-tiny", { zero: /token_type_embeddings/ }],
    "another number of heads": [
      "bert-tiny",
      { json: { "config.json": { num_attention_heads: 4 } } },
    ],
    "no positions from behind the padding": [
      "xlm-roberta-tiny",
      { json: { "config.json": { pad_token_id: 0 } } },
    ],
    "RoBERTa's classifier with a layer less": ["xlm-roberta-tiny", { zero: /classifier\.dense/ }],
    "no pooler": ["bert-tiny", { zero: /pooler/ }],
    "the prompt left out": [
      "a prompt that is asked for",
      {
        json: {
          "config_sentence_transformers.json": { model_type: "CrossEncoder", prompts: { web: "" } },
        },
      },
    ],
    "texts cut at the other end": [
      "documents beyond the limit",
      { json: { "tokenizer_config.json": { truncation_side: "left" } } },
    ],
    "one token less": [
      "documents beyond the limit",
      { json: { "tokenizer_config.json": { model_max_length: 127 } } },
    ],
    "no special token between the texts": [
      "bert-tiny",
      { json: { ...plain, "tokenizer.json": withPair((pair) => pair.toSpliced(2, 1)) } },
    ],
    "all token types 0": [
      "bert-tiny",
      { json: { ...plain, "tokenizer.json": withPair((pair) => pair.map(ofFirstType)) } },
    ],
  };
  test.each(Object.keys(mistakes))("%s", async (mistake) => {
    const [name, options] = mistakes[mistake]!;
    expect(await distance(name, options)).toBeGreaterThan(10 * tolerance);
  });

  test("query and document swapped", async () => {
    await using model = await served("bert-tiny");
    const { query, documents } = request;
    const swapped = await Promise.all(
      documents
        .filter((document) => document !== "")
        .map((document) => model.score({ query: document, documents: [query] })),
    );
    expect(difference(swapped.flat(), golden["bert-tiny"]!.slice(0, -1))).toBeGreaterThan(
      10 * tolerance,
    );
  });
});

/** tokenizer.json with other special tokens around a pair. */
function withPair(change: (pair: readonly any[]) => readonly any[]): object {
  const { post_processor } = read("../../plugin-embedding/test/fixtures/tokenizer.json");
  return { post_processor: { ...post_processor, pair: change(post_processor.pair) } };
}

function ofFirstType(part: Readonly<Record<string, object>>): object {
  const [[kind, token]] = Object.entries(part) as [[string, object]];
  return { [kind]: { ...token, type_id: 0 } };
}
