import type { SyntheticTensor } from "@kindred/core/testing";
import { expect, test } from "vitest";
import { served } from "./served.ts";
import type { ServedOptions } from "./served.ts";

async function info(options: ServedOptions, name = "jina-8-heads") {
  await using model = await served(name, { id: "m", ...options });
  return model.info;
}

test.each<[string, ServedOptions]>([
  ["jina-embeddings-v2-base-en", { folder: "5c38ec7c", id: "jina-embeddings-v2-base-en" }],
  ["its repository", { folder: "5c38ec7c", id: "jinaai/jina-embeddings-v2-small-en" }],
  ["a folder of its name", { folder: "jina-embeddings-v2-small-en" }],
  ["a config that names jina-bert-implementation", { folder: "5c38ec7c" }],
  [
    "a config that names what it was tuned from",
    {
      folder: "mine",
      json: { "config.json": { _name_or_path: "jinaai/jina-embeddings-v2-base-en" } },
    },
  ],
  [
    "a config whose code was copied beside it",
    { json: { "config.json": { auto_map: { AutoModel: "modeling_bert.JinaBertModel" } } } },
  ],
  ["a config without code", { json: { "config.json": { auto_map: undefined } } }],
])("%s is of the family jina", async (_, options) => {
  expect(await info(options)).toMatchObject({
    family: "jina",
    state: "ready",
    info: { dimensions: 32, max_tokens: 8192, prompts: ["query", "passage"] },
  });
});

test("a folder without modules.json gives the mean of its states, of unit length", async () => {
  await using saved = await served("jina-8-heads");
  await using bare = await served("jina-8-heads", { json: { "modules.json": null } });
  const request = { input: ["hello"] };
  expect(await bare.embed(request)).toEqual(await saved.embed(request));
});

test("norms of queries and keys are refused where only the weights tell of them", async () => {
  const extra: SyntheticTensor[] = ["q", "k"].map((letter) => ({
    name: `bert.encoder.layer.0.attention.self.layer_norm_${letter}.weight`,
    shape: [32],
    dtype: "F32",
  }));
  const { state, reason } = await info({ extra });
  expect(state).toBe("failed");
  expect(reason).toContain('"bert.encoder.layer.0.attention.self.layer_norm_');
  expect(reason).toContain("as jina-embeddings-v2-base-code, -zh, -de and -es do");
  expect(reason).toContain('options: { onnx: "model.onnx" }');
});

test("Jina Embeddings v3 is refused by name, with its weights and with its export", async () => {
  const code = "jinaai/xlm-roberta-flash-implementation--modeling_lora.XLMRobertaLoRA";
  const config = {
    _name_or_path: "jinaai/jina-embeddings-v3",
    architectures: ["XLMRobertaModel"],
    auto_map: { AutoModel: code },
    lora_adaptations: ["retrieval.query", "retrieval.passage", "separation", "classification"],
    model_type: "xlm-roberta",
    position_embedding_type: "rotary",
  };
  for (const options of [{}, { onnx: "onnx/model.onnx" }]) {
    const { reason } = await info({ options, json: { "config.json": config } }, "bge-tiny");
    expect(reason).toContain('"m" is Jina Embeddings v3 or was made of it');
    expect(reason).toContain("retrieval.query, retrieval.passage");
    expect(reason).toContain("jina-embeddings-v2-base-en and -small-en are.");
  }
});

test("a JinaBERT whose sizes are not sound is refused for them", async () => {
  const sizes = { num_attention_heads: 7, vocab_size: "3000" };
  const { reason } = await info({ json: { "config.json": sizes } });
  expect(reason).toContain("config.json is no JinaBERT encoder's");
  expect(reason).toContain("vocab_size");
  const heads = await info({ json: { "config.json": { num_attention_heads: 7 } } });
  expect(heads.reason).toContain("hidden_size is no multiple of it");
});
