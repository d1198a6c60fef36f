import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createKernel } from "@kindred/core";
import { concat, linear, openSafetensors } from "@kindred/core/onnx";
import type { GraphBuilder, Value, Weights } from "@kindred/core/onnx";
import { synthesize } from "@kindred/core/testing";
import { rerank, rerankTask } from "@kindred/plugin-rerank";
import type { Head } from "@kindred/text-encoders";
import { describe, expect, test } from "vitest";
import { crossEncoder, fixture } from "./fixture.ts";
import { difference, golden, read, request, tolerance } from "./golden.ts";

interface Exporting {
  /** The folder's name. Default: the fixture's. */
  readonly folder?: string;
  /** The end of the graph. Default: the classifier of its class. */
  readonly head?: Head;
  /** Members of config.json that differ. */
  readonly config?: object;
  /** Whether there are weights beside it. Default false. */
  readonly weights?: boolean;
}

/** What a folder answers that has an ONNX export. */
async function ofExport({
  head,
  config = {},
  folder: name = "bert-tiny",
  weights = false,
}: Exporting = {}) {
  const json = { ...(!weights && { "model.safetensors": null }), "config.json": config };
  await using folder = await fixture("bert-tiny", { json, folder: name });
  const place = join(folder.path, "onnx");
  await mkdir(place);
  const sizes = read("fixtures/bert-tiny/config.json");
  const build = (weights: Weights) => crossEncoder(sizes, weights, head);
  await synthesize({ file: join(place, "weights.data"), build });
  const { model } = build(await openSafetensors(place, "weights.data"));
  await writeFile(join(place, "model.onnx"), model);
  await using kernel = await createKernel({
    plugins: [rerank()],
    models: [{ id: "model", source: folder.path }],
  });
  const [info] = kernel.models();
  if (info!.state === "failed") return { reason: info!.reason!, scores: [] };
  const { results } = await kernel.run(rerankTask, "model", request);
  const scores = results.toSorted((a, b) => a.index - b.index).map(({ score }) => score);
  return { reason: "", scores };
}

/** The pooled state of each text, with and without the function over it. */
function pooled(g: GraphBuilder, states: Value, activation?: string): Value {
  const first = g.node("Gather", [states, g.int64([0], [])], { axis: 1 });
  const x = linear(g.at("pooler.dense"), first, 48, 48);
  return activation === undefined ? x : g.node(activation, [x]);
}

const ending =
  (activation?: string): Head =>
  (g, { states }) => {
    g.output("logits", linear(g.at("classifier"), pooled(g, states, activation), 48, 1));
  };

describe("the scores of an ONNX export", () => {
  test("are CrossEncoder's", async () => {
    const { scores } = await ofExport();
    expect(difference(scores, golden["bert-tiny"]!)).toBeLessThan(tolerance);
  });

  test("of an architecture without a graph here are served too", async () => {
    const config = {
      model_type: "deberta-v2",
      architectures: ["DebertaV2ForSequenceClassification"],
    };
    const { scores } = await ofExport({ config });
    expect(difference(scores, golden["bert-tiny"]!)).toBeLessThan(tolerance);
  });

  test("of jina-reranker-v1, whose config says another class, are served", async () => {
    const config = {
      architectures: ["JinaBertModel"],
      id2label: null,
      auto_map: {
        AutoModelForSequenceClassification: "modeling_bert.JinaBertForSequenceClassification",
      },
    };
    const { scores } = await ofExport({ config, folder: "jina-reranker-v1-turbo-en" });
    expect(difference(scores, golden["bert-tiny"]!)).toBeLessThan(tolerance);
  });

  test("of a class without a classifier here are served beside weights", async () => {
    const config = { architectures: ["ErnieForSequenceClassification"], model_type: "bert" };
    const { scores } = await ofExport({ config, weights: true });
    expect(difference(scores, golden["bert-tiny"]!)).toBeLessThan(tolerance);
  });

  test.each([
    ["Tanh", "toBeLessThan", tolerance],
    [undefined, "toBeGreaterThan", 10 * tolerance],
    ["Sigmoid", "toBeGreaterThan", 10 * tolerance],
  ] as const)("with %s over its pooler are %s %d away", async (activation, matcher, bound) => {
    const { scores } = await ofExport({ head: ending(activation) });
    expect(difference(scores, golden["bert-tiny"]!))[matcher](bound);
  });
});

describe("an export is refused", () => {
  test("that gives the states of tokens, with how to export it", async () => {
    const head: Head = (g, { states }) => void g.output("last_hidden_state", states);
    const { reason } = await ofExport({ head });
    expect(reason).toContain("has the outputs last_hidden_state; known are logits.");
    expect(reason).toContain("Export it with Optimum for text classification.");
  });

  test("that gives two scores of a pair, which its config does not say", async () => {
    const head: Head = (g, { states }) => {
      const score = linear(g.at("classifier"), pooled(g, states), 48, 1);
      const both = g.node("Reshape", [concat(g, [score, score], 1), g.int64([-1, 2])]);
      g.output("logits", both);
    };
    await expect(ofExport({ head })).rejects.toMatchObject({ code: "GRAPH_FAILED" });
  });
});

test("a tokenizer of another model than the graph's fails", async () => {
  await expect(ofExport({ config: { vocab_size: 100 } })).rejects.toMatchObject({
    code: "GRAPH_FAILED",
    message: expect.stringContaining("Tokenizer and weights are of different models."),
  });
});

test("an export in a folder that is not looked into leaves the refusal as it is", async () => {
  const json = { "config.json": { architectures: ["ErnieForSequenceClassification"] } };
  await using folder = await fixture("bert-tiny", { json });
  await mkdir(join(folder.path, "other/onnx"), { recursive: true });
  await writeFile(join(folder.path, "other/onnx/model.onnx"), "");
  await using kernel = await createKernel({
    plugins: [rerank()],
    models: [{ id: "mine", source: folder.path }],
  });
  const [info] = kernel.models();
  expect(info!.reason).toContain('says the class "ErnieForSequenceClassification"');
  expect(info!.reason).toContain("Classes that have one: BertForSequenceClassification");
});

test("weights without a graph here and without an export are refused by their architecture", async () => {
  const json = { "config.json": { model_type: "deberta-v2" } };
  await using folder = await fixture("bert-tiny", { json });
  await rm(join(folder.path, "tokenizer_config.json"));
  await using kernel = await createKernel({
    plugins: [rerank()],
    models: [{ id: "mine", source: folder.path }],
  });
  const [info] = kernel.models();
  expect(info!.reason).toContain('config.json says model_type "deberta-v2"');
  expect(info!.reason).toContain("as Optimum exports it for text classification");
});
