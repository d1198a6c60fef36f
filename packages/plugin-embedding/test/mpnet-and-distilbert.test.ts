import type { SyntheticTensor } from "@kindred/core/testing";
import { describe, expect, test } from "vitest";
import { difference, tolerance } from "./difference.ts";
import { distance, golden } from "./golden.ts";
import { served } from "./served.ts";
import type { ServedOptions } from "./served.ts";

test("the padding's token is not counted inside a text of MPNet", async () => {
  await using model = await served("mpnet-tiny");
  const [vector] = await model.embed({ input: ["A quick <pad> brown fox <pad><pad> jumps."] });
  expect(distance(vector, golden("mpnet-tiny").padded)).toBeLessThan(tolerance);
});

describe("weights of a model with a head for masked words, in shards", () => {
  const heads: Readonly<Record<string, readonly SyntheticTensor[]>> = {
    mpnet: [{ name: "lm_head.bias", shape: [1600], dtype: "F32" }],
    distilbert: [{ name: "vocab_projector.bias", shape: [3000], dtype: "F32" }],
  };
  test.each(Object.keys(heads))("are those of %s", async (prefix) => {
    const extra = heads[prefix]!;
    const rename = (name: string): string => (name === extra[0]!.name ? name : `${prefix}.${name}`);
    const options = { extra, rename, sharded: true };
    expect(await difference(`${prefix}-tiny`, options)).toBeLessThan(tolerance);
  });
});

const untold = { "sentence_bert_config.json": null, "tokenizer_config.json": null };

test.each<[string, number, object]>([
  ["mpnet-tiny", 512, { pad_token_id: 7 }],
  ["distilbert-tiny", 512, {}],
])("%s takes %i tokens when no file says another limit", async (name, max, config) => {
  await using model = await served(name, { json: { ...untold, "config.json": config } });
  expect(model.info.info).toMatchObject({ max_tokens: max });
  const ids = Array.from({ length: max - 2 }, (_, i) => 4 + i);
  await expect(model.embed({ input: [ids] })).resolves.toHaveLength(1);
});

test.each<[string, object, RegExp]>([
  ["mpnet-tiny", { relative_attention_num_buckets: 64 }, /relative_attention_num_buckets/],
  ["mpnet-tiny", { max_position_embeddings: 2 }, /max_position_embeddings/],
  ["distilbert-tiny", { n_heads: 5 }, /n_heads: dim is no multiple of it/],
  ["distilbert-tiny", { dim: 1_000_000_000 }, /dim: it is 1000000000, and at most/],
])("%s with %j is refused by name", async (name, config, message) => {
  await using model = await served(name, { json: { "config.json": config } });
  expect(model.info.reason).toMatch(message);
});

test.each(["mpnet-tiny", "distilbert-tiny"])("a decoder of %s is told as one", async (name) => {
  await using model = await served(name, { json: { "config.json": { is_decoder: true } } });
  expect(model.info.reason).toMatch(/no architecture that has a graph here.*is_decoder true/);
});

describe("a mistake moves vectors by ten times the tolerance and more", () => {
  const bias = /relative_attention_bias/;
  const positions = /position_embeddings/;
  const pooling = (mode: string) => ({ "1_Pooling/config.json": { pooling_mode: mode } });
  const mistakes: Readonly<Record<string, readonly [string, ServedOptions]>> = {
    "no bias of distances": ["mpnet-tiny", { zero: bias }],
    "the bias of the next head": ["mpnet-tiny", { turn: [bias, 1] }],
    "the bias of the next bucket": ["mpnet-tiny", { turn: [bias, 3] }],
    "places of MPNet counted from the table's first row": [
      "mpnet-tiny",
      { turn: [positions, -2 * 48] },
    ],
    "no places of MPNet": ["mpnet-tiny", { zero: positions }],
    "cls instead of MPNet's mean": ["mpnet-tiny", { json: pooling("cls") }],
    "no places of DistilBERT": ["distilbert-tiny", { zero: positions }],
    "mean instead of DistilBERT's cls": ["distilbert-tiny", { json: pooling("mean") }],
    "another activation of DistilBERT": [
      "distilbert-tiny",
      { json: { "config.json": { activation: "relu" } } },
    ],
  };
  test.each(Object.keys(mistakes))("%s", async (mistake) => {
    const [name, options] = mistakes[mistake]!;
    expect(await difference(name, options)).toBeGreaterThan(10 * tolerance);
  });
});
