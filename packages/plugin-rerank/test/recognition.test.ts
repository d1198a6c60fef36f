import { createKernel } from "@kindred/core";
import { asModelFamily, rerank } from "@kindred/plugin-rerank";
import { embedding } from "@kindred/plugin-embedding";
import { describe, expect, test } from "vitest";
import { fixture } from "./fixture.ts";
import { served } from "./served.ts";

test.each([
  ["bge-reranker-base-tuned", "bge-reranker"],
  ["ms-marco-MiniLM-L6-v2", "ms-marco"],
  ["msmarco-MiniLM-L-12-v2", "ms-marco"],
  ["mxbai-rerank-base-v1", "mxbai-rerank"],
  ["jina-reranker-v1-turbo-en", "jina-reranker"],
  ["5c38ec7c", "cross-encoder"],
])("the folder %s is of the family %s", async (folder, family) => {
  await using model = await served("bert-tiny", { folder });
  expect(model.info).toMatchObject({ family, state: "ready", task: "rerank" });
});

test("every published model that is known by name is of its family, by each of its names", () => {
  const families = rerank().families!;
  const files = ["config.json", "model.safetensors"];
  const config = {
    architectures: ["BertForSequenceClassification"],
    id2label: { 0: "LABEL_0" },
    vocab_size: 30_522,
  };
  const json = (file: string) => (file === "config.json" ? config : undefined);
  const published = families.flatMap(({ name, checkpoints = [] }) =>
    checkpoints.flatMap((each) =>
      [each.repo, each.name, ...(each.aliases ?? [])].map((called) => [called, name] as const),
    ),
  );
  expect(published.length).toBeGreaterThan(30);
  for (const [called, name] of published) {
    const own = families.filter((each) => each.match({ names: [called], files, json }) === "own");
    expect([called, ...own.map((each) => each.name)]).toEqual([called, name]);
  }
});

test("a reranker is none of the embedders beside it, and an embedder no reranker", async () => {
  await using folder = await fixture("bert-tiny", { folder: "bge-reranker-base" });
  await using embedder = await fixture("bert-tiny", {
    folder: "bge-base",
    json: { "config.json": { architectures: ["BertModel"] } },
  });
  await using kernel = await createKernel({
    plugins: [embedding(), rerank()],
    models: [
      { id: "reranker", source: folder.path },
      { id: "embedder", source: embedder.path },
    ],
  });
  expect(kernel.models().map(({ task }) => task)).toEqual(["rerank", "embedding"]);
});

describe("refused by what it is", () => {
  const labels = { id2label: { 0: "no", 1: "neutral", 2: "yes" } };
  test.each<[string, object, string]>([
    [
      "a classifier of three labels",
      labels,
      '"mine" is a classifier of 3 labels. Classification is not served',
    ],
    ["a classifier that counts no labels", { id2label: null }, "is a classifier of 2 labels"],
    [
      "a classifier by num_labels",
      { id2label: null, num_labels: 5 },
      "is a classifier of 5 labels",
    ],
    [
      "jina-reranker-v2",
      { auto_map: { AutoModelForSequenceClassification: "modeling.Flash" } },
      'auto_map "modeling.Flash"',
    ],
    [
      "a class without a classifier here",
      { architectures: ["ErnieForSequenceClassification"] },
      'the class "ErnieForSequenceClassification", whose classifier has no graph here',
    ],
    [
      "an activation of its own",
      { sentence_transformers: { activation_fn: "mine.Act" } },
      "activation_fn is mine.Act, which is not served",
    ],
    [
      "an activation that no reranker has",
      { sentence_transformers: { activation_fn: "torch.nn.Tanh" } },
      "activation_fn is torch.nn.Tanh, which is not served",
    ],
    ["a decoder", { is_decoder: true }, "is_decoder true"],
  ])("%s", async (_, config, reason) => {
    for (const family of [undefined, "cross-encoder"]) {
      await using model = await served("bert-tiny", {
        id: "mine",
        json: { "config.json": config },
        ...(family && { family }),
      });
      expect(model.info.state).toBe("failed");
      expect(model.info.reason).toContain(reason);
    }
  });

  test.each(["Qwen3-Reranker-0.6B", "jina-reranker-v3"])(
    "the language model %s",
    async (folder) => {
      const json = { "config.json": { model_type: "qwen3", architectures: ["Qwen3ForCausalLM"] } };
      await using model = await served("bert-tiny", { folder, json });
      expect(model.info.reason).toContain('"model" is a reranker of the class Qwen3ForCausalLM.');
    },
  );

  test("a module beside its Transformer", async () => {
    const json = {
      "config_sentence_transformers.json": { model_type: "CrossEncoder" },
      "modules.json": [
        { type: "sentence_transformers.base.modules.Transformer", path: "" },
        { type: "sentence_transformers.base.modules.Dense", path: "1_Dense" },
      ],
    };
    await using model = await served("bert-tiny", { json });
    expect(model.info.reason).toContain("asks for a Dense module (1_Dense)");
  });

  test("a folder without a classifier whose family the launch names", async () => {
    const json = { "config.json": { architectures: ["BertModel"] } };
    await using model = await served("bert-tiny", { json, family: "cross-encoder" });
    expect(model.info.reason).toContain('config.json says the class "BertModel"');
  });

  test("a setting that no launch has", async () => {
    await using model = await served("bert-tiny", { options: { trunkate: true } });
    expect(model.info.reason).toContain("trunkate");
  });
});

test("a plugin's family takes a folder, with an activation of its own", async () => {
  const family = asModelFamily({
    name: "nomad",
    match: ({ names }) => names.some((name) => /nomad-/.test(name)) && "exact",
    defaults: { activation: "identity" },
  });
  await using folder = await fixture("bert-tiny", { folder: "nomad-small" });
  await using kernel = await createKernel({
    plugins: [rerank(), { contract: 1, name: "nomad", families: [family] }],
    models: [{ id: "model", source: folder.path }],
  });
  expect(kernel.models()[0]).toMatchObject({ family: "nomad", info: { activation: "identity" } });
});
