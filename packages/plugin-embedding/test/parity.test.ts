import { tracing } from "@kindred/core";
import type { GraphEvent } from "@kindred/core";
import type { SyntheticTensor } from "@kindred/core/testing";
import { describe, expect, test } from "vitest";
import { difference, tolerance } from "./difference.ts";
import { distance, golden, texts } from "./golden.ts";
import { served } from "./served.ts";
import type { ServedOptions } from "./served.ts";

const folders = [
  "bge-tiny",
  "gte-tiny",
  "e5-tiny",
  "max-tiny",
  "multilingual-e5-tiny",
  "xlm-roberta-long",
  "distilroberta-tiny",
  "mpnet-tiny",
  "distilbert-tiny",
  "bge-small",
];

describe.each(folders)("%s", (name) => {
  test("texts embedded together are as sentence-transformers embeds each", async () => {
    expect(await difference(name)).toBeLessThan(tolerance);
  });

  test("texts embedded one by one are as sentence-transformers embeds each", async () => {
    await using model = await served(name);
    for (const [text, expected] of Object.entries(golden(name).vectors)) {
      const [vector] = await model.embed({ input: [texts[text]!], truncate: true });
      expect(distance(vector, expected), text).toBeLessThan(tolerance);
    }
  });

  test("texts embedded in one run, with much padding, are as sentence-transformers embeds each", async () => {
    using runs = runsOf(name);
    expect(await difference(name, { together: true })).toBeLessThan(tolerance);
    expect(runs.rows).toEqual([Object.keys(golden(name).vectors).length]);
  });
});

/** How many texts each run of a model has from now on. */
function runsOf(name: string): { readonly rows: readonly number[] } & Disposable {
  const rows: number[] = [];
  const start = (event: unknown): void => {
    const { model, dims } = event as GraphEvent;
    if (model === name) rows.push(dims!["input_ids"]![0]!);
  };
  tracing.graphRun.start.subscribe(start);
  return { rows, [Symbol.dispose]: () => void tracing.graphRun.start.unsubscribe(start) };
}

test.each(folders.filter((name) => !name.endsWith("small")))(
  "%s cuts a text beyond the limit where the reference does",
  async (name) => {
    await using model = await served(name);
    const overlong = texts["full length"] + " and".repeat(20);
    const [vector] = await model.embed({ input: [overlong], truncate: true });
    expect(distance(vector, golden(name).truncated)).toBeLessThan(tolerance);
  },
);

test.each(folders.filter((name) => Object.keys(golden(name).lengths).length > 0))(
  "%s embeds the longest text that it takes as the reference does",
  async (name) => {
    await using model = await served(name);
    for (const [length, expected] of Object.entries(golden(name).lengths)) {
      const ids = Array.from({ length: Number(length) - 2 }, (_, i) => (i * 7919 + 104) % 1600);
      const [vector] = await model.embed({ input: [ids] });
      expect(distance(vector, expected)).toBeLessThan(tolerance);
      await expect(model.embed({ input: [[...ids, 7]] })).rejects.toThrow(`is ${length} tokens`);
    }
  },
);

test("prompts go before texts as the reference puts them", async () => {
  await using model = await served("e5-tiny");
  const { prompted } = golden("e5-tiny");
  const input = Object.keys(prompted).map((text) => texts[text]!);
  const found = await model.embed({ input, prompt: "query" });
  for (const [i, expected] of Object.values(prompted).entries()) {
    expect(distance(found[i], expected)).toBeLessThan(tolerance);
  }
});

test("ids from all over a vocabulary of 30,522 find their rows", async () => {
  await using model = await served("bge-small");
  const ids = Array.from({ length: 60 }, (_, i) => (i * 7919 + 104) % 30_522);
  const [vector] = await model.embed({ input: [ids] });
  expect(distance(vector, golden("bge-small").ids)).toBeLessThan(tolerance);
});

describe("weights as older versions and other models wrote them", () => {
  test("with a bert. prefix, gamma and beta", async () => {
    const rename = (name: string): string =>
      `bert.${name.replace(/(LayerNorm\.)weight$/, "$1gamma").replace(/(LayerNorm\.)bias$/, "$1beta")}`;
    expect(await difference("gte-tiny", { rename })).toBeLessThan(tolerance);
  });

  test("with a table of positions, a pooler and a head for masked words", async () => {
    const extra: SyntheticTensor[] = [
      { name: "embeddings.position_ids", shape: [1, 512], dtype: "I64" },
      { name: "pooler.dense.weight", shape: [48, 48], dtype: "F32" },
      { name: "cls.predictions.bias", shape: [3000], dtype: "F32" },
    ];
    expect(await difference("bge-tiny", { extra })).toBeLessThan(tolerance);
  });
});

describe("a mistake moves vectors by ten times the tolerance and more", () => {
  const swap: Record<string, string> = { query: "key", key: "query" };
  const pooling = (mode: string) => ({ "1_Pooling/config.json": { pooling_mode: mode } });
  const transformer = { path: "", type: "sentence_transformers.models.Transformer" };
  const mistakes: Record<string, readonly [string, ServedOptions]> = {
    "no position embeddings": ["bge-tiny", { zero: /position_embeddings/ }],
    "no token types": ["gte-tiny", { zero: /token_type_embeddings/ }],
    "queries and keys swapped": [
      "gte-tiny",
      { rename: (name) => name.replace(/(?<=self\.)(query|key)/, (each) => swap[each]!) },
    ],
    "mean instead of cls": ["bge-tiny", { json: pooling("mean") }],
    "cls instead of mean": ["e5-tiny", { json: pooling("cls") }],
    "mean instead of max": ["max-tiny", { json: pooling("mean") }],
    "vectors left as long as they are": [
      "gte-tiny",
      { json: { "modules.json": [transformer, { path: "1_Pooling", type: "Pooling" }] } },
    ],
    "another activation": ["max-tiny", { json: { "config.json": { hidden_act: "gelu" } } }],
    "another epsilon": ["max-tiny", { json: { "config.json": { layer_norm_eps: 1e-2 } } }],
  };
  test.each(Object.keys(mistakes))("%s", async (mistake) => {
    const [name, options] = mistakes[mistake]!;
    expect(await difference(name, options)).toBeGreaterThan(10 * tolerance);
  });

  test("padding that is attended to", async () => {
    await using model = await served("gte-tiny");
    const ids = [100, 200, 300];
    const [vector, padded] = await model.embed({ input: [ids, [...ids, 0, 0, 0]] });
    expect(distance(padded, vector)).toBeGreaterThan(10 * tolerance);
  });
});
